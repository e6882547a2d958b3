import { Effect, Layer } from "effect"
import { type ClientSeen, isSha256, type NodeChanged, RedisAcl, RedisAclFailed } from "./RedisAcl.ts"

/** Makes a `RedisAcl` in memory that a test can set and let fail. */
export const makeRedisAclMemory = (
  start: {
    readonly nodes: ReadonlyArray<string>
    readonly passwords: ReadonlyArray<string>
    /** Whether an ACL file is configured. */
    readonly saves?: boolean
    readonly administratorToo?: boolean
  }
) => {
  const held = new Map(start.nodes.map((node) => [node, new Set(start.passwords)]))
  let clients: ReadonlyArray<ClientSeen> = []
  let failure: RedisAclFailed | undefined
  const saves = start.saves ?? true

  const change = (operation: string, sha256: string, one: (passwords: Set<string>) => string | undefined) =>
    Effect.suspend(() => {
      if (failure !== undefined) return Effect.fail(failure)
      if (!isSha256(sha256)) {
        return Effect.fail(new RedisAclFailed({ operation, reason: "reply", detail: "this is no SHA-256" }))
      }
      return Effect.forEach(held, ([node, passwords]) => {
        const refusal = one(passwords)
        return refusal === undefined
          ? Effect.succeed<NodeChanged>({ node, saved: saves, detail: saves ? "" : "no ACL file is configured" })
          : Effect.fail(new RedisAclFailed({ operation, reason: "reply", detail: `${node}: ${refusal}` }))
      })
    })

  const read = <A>(value: () => A) =>
    Effect.suspend(() => failure === undefined ? Effect.succeed(value()) : Effect.fail(failure))

  return {
    layer: Layer.succeed(RedisAcl, {
      administratorToo: Effect.succeed(start.administratorToo ?? false),
      addPassword: (sha256) => change("addPassword", sha256, (passwords) => void passwords.add(sha256)),
      removePassword: (sha256) =>
        change("removePassword", sha256, (passwords) => {
          if (passwords.size === 1 && passwords.has(sha256)) return "it is the only password"
          passwords.delete(sha256)
          return undefined
        }),
      passwords: read(() => new Map([...held].map(([node, passwords]) => [node, new Set(passwords)]))),
      clients: read(() => clients)
    }),
    setClients: (seen: ReadonlyArray<ClientSeen>) => Effect.sync(() => void (clients = seen)),
    /** Every call fails with this, until it is `undefined` again. */
    fail: (error: RedisAclFailed | undefined) => Effect.sync(() => void (failure = error))
  }
}
