import { Effect, type Scope } from "effect"
import type { Redis } from "../../../layers/redis/Redis.ts"
import type { RedisElsewhere } from "../../../test/support/fourPrograms.ts"
import { makeCluster } from "./Cluster.ts"
import { makePair } from "./Pair.ts"
import { makeSentinels } from "./Sentinels.ts"

/** Servers of Redis, of which the primary can die and another takes over. */
export interface Servers {
  readonly redis: RedisElsewhere
  /** Each freezes the way to one replica; who is frozen last has most when the primary dies. */
  readonly freeze: ReadonlyArray<Effect.Effect<void>>
  readonly kill: Effect.Effect<void>
  /** Waits until another is the primary, as its administrator. */
  readonly successor: Effect.Effect<Redis["Service"]>
  /** Starts the dead one again; `undefined` where nobody would find the successor. */
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

export const arrangements = { pair, sentinels: makeSentinels, cluster: makeCluster } as const
export type Arrangement = keyof typeof arrangements
