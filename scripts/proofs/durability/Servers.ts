import { Effect, type Scope } from "effect"
import type { Redis } from "../../../layers/redis/Redis.ts"
import type { RedisElsewhere } from "../../../test/support/fourPrograms.ts"
import { makeCluster } from "./Cluster.ts"
import { makePair } from "./Pair.ts"
import { makeCutOff, makeDivided, makeSentinels } from "./Sentinels.ts"

/** Servers of Redis, of which the primary can die and another takes over. */
export interface Servers {
  readonly redis: RedisElsewhere
  /** Each freezes the way to one replica; who is frozen last has most when the primary dies. */
  readonly freeze: ReadonlyArray<Effect.Effect<void>>
  /** Nothing where it lives on. */
  readonly kill: Effect.Effect<void>
  /** Waits until another is the primary, as its administrator. */
  readonly successor: Effect.Effect<Redis["Service"]>
  /** Brings back the primary of before; `undefined` where nobody would find the successor. */
  readonly goOn: Effect.Effect<void> | undefined
}

const pair: Effect.Effect<Servers, never, Scope.Scope> = Effect.map(
  makePair,
  ({ admin, link, primary, promote }) => ({
    redis: { server: primary, settings: {}, secrets: {} },
    freeze: [link.freeze(true)],
    kill: primary.kill,
    successor: Effect.as(promote, admin),
    goOn: undefined
  })
)

type Level = "local" | "replicated" | "replicated:2"

interface Arranged {
  readonly make: Effect.Effect<Servers, never, Scope.Scope>
  readonly what: string
  /** The level of INGEST_DURABILITY that loses nothing, and the one that does, or the test would prove nothing. */
  readonly safe: Level
  readonly control: Level
}

const levels = { safe: "replicated", control: "local" } as const

const arranged = {
  pair: { make: pair, what: "the primary dies, and its replica is promoted by hand", ...levels },
  sentinels: { make: makeSentinels, what: "the primary dies, and sentinels promote one of two replicas", ...levels },
  cluster: { make: makeCluster, what: "the queue's primary dies, and its replica is elected", ...levels },
  "cut-off": { make: makeCutOff, what: "the primary is cut off and does not know it", ...levels },
  divided: {
    make: makeDivided,
    what: "the primary is cut off together with one of two replicas",
    safe: "replicated:2",
    control: "replicated"
  }
} as const

export type Arrangement = keyof typeof arranged
export const arrangements: Readonly<Record<Arrangement, Arranged>> = arranged
