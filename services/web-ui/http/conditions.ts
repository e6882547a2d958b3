import { Effect } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"
import { keepTag } from "../../../layers/idempotency/afterCommit.ts"
import { ConditionMissing } from "../../../src/api/web-ui/Settings.ts"
import type { VersionSeen } from "../../../src/domain/SettingProblems.ts"
import { changeAuthor } from "./changeAuthor.ts"

const epochDigits = 8

/**
 * Joins a version with the start of its epoch, as versions count anew in a database restored from a backup. Those of
 * rules have none.
 */
const etagOf = ({ epoch, version }: { readonly epoch: string; readonly version: number }): string =>
  epoch === "" ? `"${version}"` : `"${epoch.slice(0, epochDigits)}-${version}"`

/** Puts the version into the answer as its ETag. */
export const setETag = (state: { readonly epoch: string; readonly version: number }) =>
  Effect.andThen(
    keepTag(etagOf(state)),
    HttpEffect.appendPreResponseHandler((_request, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "etag", etagOf(state)))
    )
  )

/**
 * Reads `If-Match`: an ETag, weak or not, or a bare version. `*` is no condition, as every setting exists; anything else
 * matches no version.
 */
const versionSeen = (header: string | undefined): VersionSeen | undefined => {
  const text = header?.trim() ?? ""
  if (text === "" || text === "*") return undefined
  const found = /^(?:W\/)?"?(?:([0-9a-f]{8})-)?(\d{1,15})"?$/.exec(text)
  return found === null ? { ifVersion: -1 } : { ifVersion: Number(found[2]), ifEpoch: found[1] }
}

/** Who asks for a change, why, in which request, and which version was seen. */
export const changeRequest = Effect.fnUntraced(function*(
  headers: { readonly "if-match"?: string; readonly prefer?: string },
  payload: { readonly reason?: string | null } | null
) {
  const author = yield* changeAuthor(payload)
  const seen = versionSeen(headers["if-match"])
  if (seen === undefined && /\bstrict\b/i.test(headers.prefer ?? "")) {
    return yield* new ConditionMissing({ detail: "Send If-Match with the ETag of what you saw." })
  }
  return { ...author, ...seen }
})
