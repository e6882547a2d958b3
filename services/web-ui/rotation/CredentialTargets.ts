import { Context, type Effect, type Redacted, Schema } from "effect"
import type { ServerSession } from "../../../src/domain/Rotation.ts"

/** A server did not do what it was asked. Parts of it may be done, and it may be asked again. */
export class LoginServerFailed extends Schema.TaggedError<LoginServerFailed>()("LoginServerFailed", {
  server: Schema.Literals(["PostgreSQL", "Redis"]),
  detail: Schema.String
}) {
  override get message() {
    return `${this.server}: ${this.detail}`
  }
}

/** A server that the programs log in to with a password that is rotated. */
export interface LoginServer {
  /** Who else would lose the old password, and what to do about it; `undefined` when it is the programs' alone. */
  readonly shared: Effect.Effect<string | undefined>
  /** Accepts this password from now on. Answers what is worth knowing about it; mostly nothing. */
  readonly accept: (password: Redacted.Redacted) => Effect.Effect<string, LoginServerFailed>
  /** Accepts this password no more. Open connections stay open. */
  readonly revoke: (password: Redacted.Redacted) => Effect.Effect<string, LoginServerFailed>
  /** The connections of the programs' user that bear a program's name. */
  readonly sessions: Effect.Effect<ReadonlyArray<ServerSession>, LoginServerFailed>
}

export class CredentialTargets extends Context.Service<CredentialTargets, {
  /** Has one password: `accept` ends the other, in the caller's transaction, and `revoke` does nothing. */
  readonly postgres: LoginServer
  readonly redis: LoginServer
}>()("mutt/services/web-ui/rotation/CredentialTargets") {}
