import { Effect, Layer, Redacted } from "effect"
import {
  CredentialTargets,
  type LoginServer,
  type LoginServerFailed
} from "../../../../services/web-ui/rotation/CredentialTargets.ts"
import type { ServerSession } from "../../../../src/domain/Rotation.ts"

/** Servers in memory, with what a test changes of them. */
export const makeCredentialTargetsMemory = (start: { readonly postgres: string; readonly redis: string }) => {
  const accepted = { postgres: new Set([start.postgres]), redis: new Set([start.redis]) }
  let sessions: Readonly<Record<"postgres" | "redis", ReadonlyArray<ServerSession>>> = { postgres: [], redis: [] }
  let failure: LoginServerFailed | undefined

  const up = <A>(work: () => A) =>
    Effect.suspend(() => failure === undefined ? Effect.succeed(work()) : Effect.fail(failure))
  let shared: string | undefined
  const server = (name: "postgres" | "redis", only: boolean): LoginServer => ({
    shared: Effect.sync(() => shared),
    accept: (password) =>
      up(() => {
        if (only) accepted[name].clear()
        accepted[name].add(Redacted.value(password))
        return ""
      }),
    revoke: (password) =>
      up(() => {
        if (!only) accepted[name].delete(Redacted.value(password))
        return ""
      }),
    sessions: up(() => sessions[name])
  })

  const servers = { postgres: server("postgres", true), redis: server("redis", false) }
  return {
    servers,
    layer: Layer.succeed(CredentialTargets, servers),
    accepted: (name: "postgres" | "redis"): ReadonlySet<string> => accepted[name],
    share: (why: string | undefined) => Effect.sync(() => void (shared = why)),
    setSessions: (to: typeof sessions) => Effect.sync(() => void (sessions = to)),
    fail: (error: LoginServerFailed | undefined) => Effect.sync(() => void (failure = error))
  }
}
