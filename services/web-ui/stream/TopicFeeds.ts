import { Context, Duration, Effect, Fiber, Latch, Layer, Metric, Stream } from "effect"
import { Stopping } from "../../../layers/http/Stopping.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import { steadyMillis } from "../../../layers/telemetry/steadyTime.ts"
import type { Topic } from "../../../src/api/web-ui/Stream.ts"
import { topicLooksFailed } from "../metrics.ts"
import { notable } from "./notable.ts"
import { type Told, TopicBuffer } from "./TopicBuffer.ts"
import { SourceUnavailable, type TopicSource, topicSources } from "./topicSources.ts"

/** From one look at a source to the next, and how long one may take. */
const [lookMs, mostLookMs] = [1_000, 5_000]
const aliveMs = 15_000
/** What is not notable, such as ages, is told so often. */
const refreshMs = 5_000

/** What a stream tells: topics, that it is there, and that the program stops. */
export type TopicMessage =
  | { readonly _tag: "told"; readonly told: ReadonlyArray<Told> }
  | { readonly _tag: "alive" | "bye" }

interface Follower {
  readonly topics: ReadonlySet<Topic>
  readonly buffer: TopicBuffer
  readonly arrived: Latch.Latch
}

/** What was told last of a topic. */
interface Known extends Told {
  readonly notable: string
  readonly at: number
}

interface Feed {
  readonly source: TopicSource
  readonly followers: Set<Follower>
  readonly known: Map<Topic, Known>
  fiber: Fiber.Fiber<unknown, unknown> | undefined
  isAway: boolean
}

/**
 * Looks at each source once a second for all who follow any of its topics, and not at all while nobody does. A source
 * that is away is told as such, and is looked at again.
 */
export class TopicFeeds extends Context.Service<TopicFeeds, {
  readonly follow: (topics: ReadonlyArray<Topic>) => Stream.Stream<TopicMessage>
}>()("mutt/services/web-ui/stream/TopicFeeds") {
  static readonly layer = Layer.effect(
    TopicFeeds,
    Effect.gen(function*() {
      const sources: ReadonlyArray<TopicSource> = yield* topicSources
      const stopping = yield* Stopping
      const scope = yield* Effect.scope
      const feeds = sources.map((source): Feed => ({
        source,
        followers: new Set(),
        known: new Map(),
        fiber: undefined,
        isAway: false
      }))
      let told = 0

      const tell = (feed: Feed, topic: Topic, view: unknown, at: number) => {
        const [data, worth, before] = [JSON.stringify(view), JSON.stringify(notable(view)), feed.known.get(topic)]
        if (before?.notable === worth && (before.data === data || at - before.at < refreshMs)) return
        const known: Known = { id: ++told, topic, data, notable: worth, at }
        feed.known.set(topic, known)
        for (const { arrived, buffer, topics } of feed.followers) {
          if (!topics.has(topic)) continue
          buffer.add(known)
          arrived.openUnsafe()
        }
      }

      const away = Effect.fnUntraced(function*(feed: Feed, { detail, told }: SourceUnavailable) {
        const { name, topics } = feed.source
        yield* Metric.update(topicLooksFailed(name), 1)
        const at = yield* steadyMillis
        for (const topic of topics) tell(feed, topic, { unavailable: told }, at)
        if (feed.isAway) return
        feed.isAway = true
        yield* Effect.logWarning("Topics cannot be read for those who follow them; trying on.").pipe(
          Effect.annotateLogs({ source: name, detail })
        )
      })

      const look = (feed: Feed) =>
        feed.source.look.pipe(
          Effect.timeoutOrElse({
            duration: Duration.millis(mostLookMs),
            orElse: () => Effect.fail(late)
          }),
          Effect.flatMap((views) =>
            Effect.map(steadyMillis, (at) => {
              feed.isAway = false
              for (const topic of feed.source.topics) {
                if (views[topic] !== undefined) tell(feed, topic, views[topic], at)
              }
            })
          ),
          Effect.catchTag("SourceUnavailable", (error) => away(feed, error)),
          droppedAt("stream.look", "Topics could not be looked at."),
          Effect.andThen(Effect.sleep(Duration.millis(lookMs))),
          Effect.forever
        )

      const join = Effect.fnUntraced(function*(follower: Follower) {
        for (const feed of feeds) {
          if (!feed.source.topics.some((topic) => follower.topics.has(topic))) continue
          if (feed.followers.size === 0) feed.known.clear()
          feed.followers.add(follower)
          for (const known of feed.known.values()) if (follower.topics.has(known.topic)) follower.buffer.add(known)
          feed.fiber ??= yield* Effect.forkIn(look(feed), scope)
        }
      })
      const leave = Effect.fnUntraced(function*(follower: Follower) {
        for (const feed of feeds) {
          if (!feed.followers.delete(follower) || feed.followers.size > 0 || feed.fiber === undefined) continue
          const { fiber } = feed
          feed.fiber = undefined
          feed.isAway = false
          yield* Effect.forkIn(Fiber.interrupt(fiber), scope)
        }
      })

      const messages = ({ arrived, buffer }: Follower, start: number): Stream.Stream<TopicMessage> => {
        let alive = start + aliveMs
        const next = Effect.gen(function*(): Effect.gen.Return<TopicMessage> {
          for (;;) {
            const now = yield* steadyMillis
            const ready = buffer.take(now)
            arrived.closeUnsafe()
            if (ready.length > 0) return { _tag: "told", told: ready }
            if (now >= alive) {
              alive = now + aliveMs
              return { _tag: "alive" }
            }
            const wait = Effect.sleep(Duration.millis(Math.max(1, Math.min(alive, buffer.next ?? alive) - now)))
            const stops = yield* Effect.raceFirst(
              Effect.as(Effect.raceFirst(arrived.await, wait), false),
              Effect.as(stopping, true)
            )
            if (stops) return { _tag: "bye" }
          }
        })
        return Stream.fromEffectRepeat(next).pipe(Stream.takeUntil(({ _tag }) => _tag === "bye"))
      }

      const follow = (topics: ReadonlyArray<Topic>) =>
        Stream.unwrap(Effect.gen(function*() {
          const follower = { topics: new Set(topics), buffer: new TopicBuffer(), arrived: Latch.makeUnsafe() }
          yield* Effect.acquireRelease(join(follower), () => leave(follower))
          return messages(follower, yield* steadyMillis)
        }))
      return TopicFeeds.of({ follow })
    })
  )
}

const late = new SourceUnavailable({ told: "There was no answer in time.", detail: "no answer in five seconds" })
