import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { problem } from "../../domain/Problem.ts"
import { Role } from "../../domain/Role.ts"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { text } from "../shared/fields.ts"
import { Invalid, KeyRefused, RoleRefused, TooManyFailures } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"

/**
 * A login cannot begin, or change, this way. `plain_http`: the cookie would travel unencrypted; `other_page`: another
 * site's page asked; `not_local`: links are for this machine alone; `no_login`: only a login has this, and a key came;
 * `key_only`: only a key may, and a login asked.
 */
export class LoginRefused extends HttpApiError.Problem<LoginRefused>()(
  ...problem("LoginRefused", 403, {
    reason: Schema.Literals(["plain_http", "other_page", "not_local", "no_login", "key_only"])
  })
) {}

/** An API key as somebody pastes it. */
const Key = text(4_096)

/** The name that the record keeps beside the caller's: `operator/anna`. */
export const Person = Schema.String.check(
  Schema.makeFilter(
    (name) =>
      /^[\p{L}\p{N}](?:[\p{L}\p{N} ._@+'-]{0,62}[\p{L}\p{N}])?$/u.test(name) ||
      "Must be a name of 1 to 64 letters, digits, spaces, and . _ @ + ' - between them",
    // Described for letters without accents: not every tool knows the classes of Unicode.
    { toJsonSchema: () => ({ pattern: "^[A-Za-z0-9](?:[A-Za-z0-9 ._@+'-]{0,62}[A-Za-z0-9])?$" }) }
  )
)

export const LoginRequest = Schema.Struct({
  key: Schema.optionalKey(Key),
  person: Schema.optionalKey(Person),
  /** For a screen on a wall: a viewer's login that lasts 30 days, used or not. */
  wall: Schema.optionalKey(Schema.Boolean),
  /** In place of all others: what `POST /session/link` gave. */
  link: Schema.optionalKey(text(100))
}).check(Schema.makeFilter(
  ({ key, link, person, wall }) =>
    (link === undefined ? key !== undefined : key === undefined && person === undefined && wall === undefined) ||
    "Needs `key`, or `link` alone",
  {
    toJsonSchema: () => ({
      oneOf: [{ required: ["key"], not: { required: ["link"] } }, { required: ["link"], maxProperties: 1 }]
    })
  }
)).annotate({ identifier: "LoginRequest" })
export type LoginRequest = typeof LoginRequest.Type

export const SessionView = Schema.Struct({
  caller: Schema.String,
  role: Role,
  person: Schema.NullOr(Schema.String),
  via: Schema.Literals(["key", "oidc"]),
  /** When the login ends unless it is used; `null` on a wall, and for a key. */
  idle_until: Schema.NullOr(Schema.String),
  /** When it ends at the latest; `null` for a key. */
  ends_at: Schema.NullOr(Schema.String),
  /** Until when an admin's login changes what needs an admin; `null` for others, and for a key. */
  step_up_until: Schema.NullOr(Schema.String),
  server_time: Schema.String,
  /** Logins travel unencrypted here (`WEBUI_PLAIN_HTTP`). */
  plain_http: Schema.Boolean
}).annotate({ identifier: "Session" })
export type SessionView = typeof SessionView.Type

/** How people log in here. */
export const LoginWays = Schema.Struct({
  /** By an API key. */
  key: Schema.Boolean,
  /** At a provider: `GET /session/oidc` sends a browser there. */
  oidc: Schema.Boolean,
  /** Logins travel unencrypted here (`WEBUI_PLAIN_HTTP`). */
  plain_http: Schema.Boolean
}).annotate({ identifier: "LoginWays" })
export type LoginWays = typeof LoginWays.Type

export const LoginLink = Schema.Struct({
  /** Goes behind `#login=` of the console's address. */
  link: Schema.String,
  expires_at: Schema.String
}).annotate({ identifier: "LoginLink" })
export type LoginLink = typeof LoginLink.Type

/** Logins of the console. They are kept in a sealed cookie, and nowhere else. */
export class SessionGroup extends HttpApiGroup.make("session")
  .add(
    HttpApiEndpoint.get("get", "/session", { success: SessionView })
      .annotate(OpenApi.Summary, "Who asks, and how long the login lasts"),
    HttpApiEndpoint.post("stepUp", "/session/step-up", {
      payload: Schema.Struct({ key: Key }),
      success: HttpApiSchema.NoContent,
      error: LoginRefused
    }).annotate(OpenApi.Summary, "Show the key again, for changes that need an admin"),
    HttpApiEndpoint.post("link", "/session/link", {
      success: LoginLink,
      error: LoginRefused
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "A link that logs in once, within a minute, on this machine")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .add(
    HttpApiEndpoint.post("begin", "/session", {
      payload: LoginRequest,
      success: HttpApiSchema.NoContent,
      error: [KeyRefused, TooManyFailures, RoleRefused, LoginRefused, Invalid]
    }).middleware(KnownQuery).annotate(OpenApi.Summary, "Log in, by a key or a link"),
    HttpApiEndpoint.delete("end", "/session", { success: HttpApiSchema.NoContent })
      .middleware(KnownQuery).annotate(OpenApi.Summary, "Log out"),
    HttpApiEndpoint.get("ways", "/session/ways", { success: LoginWays })
      .middleware(KnownQuery).annotate(OpenApi.Summary, "How people log in here; asked without a key")
  )
  .annotateMerge(OpenApi.annotations({ title: "Session" }))
{}
