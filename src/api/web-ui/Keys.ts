import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Role } from "../../domain/Role.ts"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"

/** A key that lets a caller in, without its value. */
export const KeyItem = Schema.Struct({
  /** The caller, as the audit names it. */
  name: Schema.String,
  role: Role,
  /** What the secret store calls it. */
  secret: Schema.String,
  slots: Schema.Array(Schema.Struct({
    slot: Schema.Literals(["CURRENT", "NEXT"]),
    /**
     * Names the value, until the program starts anew; made with a key that nobody has, so it cannot be used to try
     * guesses. `null` for who is no admin.
     */
    fingerprint: Schema.NullOr(Schema.String)
  })),
  /** Its last request to this process; `null`: none since `since`. */
  last_used_at: Schema.NullOr(Schema.String),
  /** The address that it came from. */
  last_used_from: Schema.NullOr(Schema.String),
  /** Requests of the hour under way and the 23 before it. */
  calls_24h: Schema.Int
}).annotate({ identifier: "Key" })
export type KeyItem = typeof KeyItem.Type

export class KeysGroup extends HttpApiGroup.make("keys")
  .add(
    HttpApiEndpoint.get("list", "/keys", {
      success: Schema.Struct({
        keys: Schema.Array(KeyItem),
        /** The process that answers: uses are its own, and it forgets them when it ends. */
        instance: Schema.String,
        /** Since when it has counted. */
        since: Schema.String
      })
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Which keys there are, and which are used; never their values")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Keys" }))
{}
