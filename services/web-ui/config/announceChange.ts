import { DateTime, Effect } from "effect"
import { ConfigPublisher } from "../../../layers/config/ConfigPublisher.ts"
import { ConfigRollout, type InstanceState } from "../../../layers/config/ConfigRollout.ts"
import { afterCommit } from "../../../layers/idempotency/afterCommit.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import type { InstanceItem } from "../../../src/api/web-ui/Settings.ts"
import { makeRolloutTime } from "./rolloutTime.ts"

/** How long a change waits for Redis; then it is answered as not yet announced. */
const publishMs = 2_000

/** How long a writer wants to wait for every process. */
export interface Waiting {
  readonly wait?: "all" | "none"
  readonly timeout?: number
}

/** By default waits just long enough for healthy processes. */
const waitOf = ({ timeout, wait }: Waiting): number =>
  wait === "none" ? 0 : wait === "all" ? timeout ?? 2_000 : timeout ?? 250

/**
 * Announces a committed version to every process, and lists which of them run it. If this fails the change stays made:
 * the publisher retries until every process has it.
 */
export const makeAnnounceChange = Effect.gen(function*() {
  const publisher = yield* ConfigPublisher
  const rollout = yield* ConfigRollout
  const follow = yield* makeRolloutTime

  const announce = Effect.fnUntraced(
    function*({ epoch, version }: Version, waitMs: number): Effect.fn.Return<Announced> {
      const start = yield* steadyMillis
      const published = yield* publisher.push.pipe(
        Effect.timeoutOrElse({ duration: publishMs, orElse: () => Effect.succeed(undefined) }),
        Effect.tapError((error) =>
          Effect.logWarning("A change of settings could not be told yet; it will be.").pipe(
            Effect.annotateLogs({ version, detail: error.detail })
          )
        ),
        Effect.orElseSucceed(() => undefined)
      )
      yield* follow({ ...(published ?? { epoch, version }), changedAt: start })
      if (published === undefined) return notAnnounced(version)
      const left = waitMs - ((yield* steadyMillis) - start)
      const list = yield* Effect.orElseSucceed(rollout.await(published, Math.max(0, left)), () => [])
      return { version, propagated: true, instances: list.map(instanceItem) }
    }
  )

  return ({ epoch, version }: Version, query: Waiting) =>
    afterCommit(announce({ epoch, version }, waitOf(query)), notAnnounced(version))
})

interface Version {
  readonly epoch: string
  readonly version: number
}

interface Announced {
  readonly version: number
  readonly propagated: boolean
  readonly instances: ReadonlyArray<InstanceItem>
}

const notAnnounced = (version: number): Announced => ({ version, propagated: false, instances: [] })

const time = (ms: number): string => DateTime.formatIso(DateTime.makeUnsafe(ms))

export const instanceItem = (state: InstanceState): InstanceItem => ({
  ...state,
  since: time(state.since),
  seen: time(state.seen)
})
