import { assert } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Context, Effect } from "effect"
import { createHash } from "node:crypto"
import type { RedisAcl } from "../../../layers/redis/RedisAcl.ts"

export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

/** Users whose one password everywhere is `first`. */
export class Users extends Context.Service<Users, {
  readonly users: RedisAcl["Service"]
  readonly nodes: ReadonlyArray<string>
}>()("test/RedisUsers") {}

/** What every adapter promises. */
export const redisAclSuite = <R>(it: Vitest.MethodsNonLive<Users | R>) => {
  it.effect("adds a password beside the other on every node, and says that it is kept", () =>
    Effect.gen(function*() {
      const { nodes, users } = yield* Users
      for (let round = 0; round < 2; round++) {
        const changed = yield* users.addPassword(sha256("second"))
        assert.deepStrictEqual(changed, nodes.map((node) => ({ node, saved: true, detail: "" })))
      }
      const both = new Set([sha256("first"), sha256("second")])
      assert.deepStrictEqual(yield* users.passwords, new Map(nodes.map((node) => [node, both])))
    }))

  it.effect("removes a password from every node, or finds it gone", () =>
    Effect.gen(function*() {
      const { nodes, users } = yield* Users
      yield* users.addPassword(sha256("second"))
      for (let round = 0; round < 2; round++) {
        const changed = yield* users.removePassword(sha256("second"))
        assert.deepStrictEqual(changed.map(({ node }) => node), nodes)
      }
      for (const held of (yield* users.passwords).values()) assert.deepStrictEqual(held, new Set([sha256("first")]))
    }))

  it.effect("never removes the only password", () =>
    Effect.gen(function*() {
      const { users } = yield* Users
      const error = yield* Effect.flip(users.removePassword(sha256("first")))
      assert.deepStrictEqual([error.operation, error.reason], ["removePassword", "reply"])
      assert.include(error.detail, "only password")
      for (const held of (yield* users.passwords).values()) assert.deepStrictEqual(held, new Set([sha256("first")]))
    }))

  it.effect("takes nothing but a hash", () =>
    Effect.gen(function*() {
      const { users } = yield* Users
      for (
        const text of ["", "secret", `${sha256("x")} nopass`, sha256("x").toUpperCase(), `>${sha256("x").slice(1)}`]
      ) {
        for (const change of [users.addPassword, users.removePassword]) {
          assert.strictEqual((yield* Effect.flip(change(text))).reason, "reply")
        }
      }
      for (const held of (yield* users.passwords).values()) assert.deepStrictEqual(held, new Set([sha256("first")]))
    }))
}
