import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { failovers, type Kind } from "../../../scripts/proofs/durability/failover.ts"
import type { Arrangement } from "../../../scripts/proofs/durability/Servers.ts"

/** Of each kind of loss one control is enough here; `npm run durability-proof` has them all. */
const holds = (servers: Arrangement, kind: Kind) =>
  failovers(servers, kind, 1).pipe(
    Effect.map(({ problems }) => assert.deepStrictEqual(problems, [])),
    Effect.provide(Logger.layer([]))
  )

describe.concurrent("the primary of Redis dies while its replica lags", () => {
  it.live("loses no acknowledged event with INGEST_DURABILITY=replicated", () => holds("pair", "safe"))
  it.live("loses what the replica lacks with local, or the test above proves nothing", () => holds("pair", "control"))
})

describe.concurrent("another primary is found while all replicas lag", () => {
  it.live("by sentinels: replicated loses no acknowledged event, none is there twice, and all goes on", () =>
    holds("sentinels", "safe"))
  it.live("by sentinels: local loses what the replicas lack, or the test above proves nothing", () =>
    holds("sentinels", "control"))
  it.live("by a cluster: replicated loses no acknowledged event, none is there twice, and all goes on", () =>
    holds("cluster", "safe"))
})

describe.concurrent("a primary is cut off and does not know it", () => {
  it.live("with replicated none of what it takes is acknowledged", () => holds("cut-off", "safe"))
  it.live("with one of two replicas: replicated:2 loses no acknowledged event", () => holds("divided", "safe"))
  it.live("with one of two replicas: replicated loses what that replica confirmed", () => holds("divided", "control"))
})
