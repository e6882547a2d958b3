import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { failovers } from "../../../scripts/proofs/durability/failover.ts"
import type { Arrangement } from "../../../scripts/proofs/durability/Servers.ts"

const problems = (level: "local" | "replicated", servers: Arrangement) =>
  failovers(level, 1, servers).pipe(
    Effect.map((proof) => proof.problems),
    Effect.provide(Logger.layer([]))
  )

describe("the primary of Redis dies while its replica lags", () => {
  it.live("loses no acknowledged event with INGEST_DURABILITY=replicated", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* problems("replicated", "pair"), [])
    }))

  it.live("loses what the replica lacks with local, or the test above proves nothing", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* problems("local", "pair"), [])
    }))
})

describe.each(["sentinels", "cluster"] as const)("%s find another primary while all replicas lag", (servers) => {
  it.live("lose no acknowledged event with INGEST_DURABILITY=replicated, store none twice, and go on", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* problems("replicated", servers), [])
    }))

  it.live("lose what the replicas lack with local, or the test above proves nothing", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* problems("local", servers), [])
    }))
})
