import { Context, Duration, Effect, Layer, Metric, Stream } from "effect"
import { Authentication, type Sent } from "../../../layers/http/Authentication.ts"
import { Unavailable } from "../../../src/api/shared/Problems.ts"
import { StreamsFull } from "../../../src/api/web-ui/Settings.ts"
import type { Caller } from "../../../src/domain/Role.ts"
import { streamsEnded, streamsOpen, streamsRefused } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

/**
 * Answers that go on after their request began. There are so many at most, in all and of one key; each ends when its key is gone and after
 * its longest life, which is the client's time to ask again.
 */
export class OpenStreams extends Context.Service<OpenStreams, {
  readonly guard: <A, E, R>(
    stream: Stream.Stream<A, E, R>,
    request: Sent,
    caller: Caller
  ) => Effect.Effect<Stream.Stream<A, E, R>, StreamsFull | Unavailable>
}>()("mutt/services/web-ui/config/OpenStreams") {
  static readonly layer = Layer.effect(
    OpenStreams,
    Effect.gen(function*() {
      const { streamSeconds, streamsMost, streamsPerKey } = yield* WebUiSettings
      const authentication = yield* Authentication
      const open = new Map<string, number>()
      let all = 0
      const of = (name: string) => open.get(name) ?? 0

      const full = (name: string) =>
        of(name) >= streamsPerKey ? "key" as const : all >= streamsMost ? "all" as const : undefined
      const change = (name: string, by: 1 | -1) =>
        Effect.suspend(() => {
          all += by
          if (of(name) + by === 0) open.delete(name)
          else open.set(name, of(name) + by)
          return Metric.update(streamsOpen, all)
        })
      const refused = (reason: "key" | "all") =>
        Effect.andThen(
          Metric.update(streamsRefused(reason), 1),
          Effect.fail(
            reason === "key"
              ? new StreamsFull({
                detail: `This key has ${streamsPerKey} streams open, which is as many as one may have.`
              })
              : new Unavailable({
                detail: `${streamsMost} streams are open, which is as many as there may be.`,
                outcome: "unchanged"
              })
          )
        )

      const guard = Effect.fnUntraced(function*<A, E, R>(
        stream: Stream.Stream<A, E, R>,
        request: Sent,
        { name, role }: Caller
      ) {
        const reason = full(name)
        if (reason !== undefined) return yield* refused(reason)
        const end = Effect.raceFirst(
          Effect.as(authentication.untilGone(request, { name, role }), "key" as const),
          Effect.as(Effect.sleep(Duration.seconds(streamSeconds)), "age" as const)
        ).pipe(Effect.flatMap((reason) => Metric.update(streamsEnded(reason), 1)))
        // Counted from its first element on: an answer that is never begun is none. Others may have come in between.
        return Stream.unwrap(Effect.gen(function*() {
          if (full(name) !== undefined) return Stream.empty
          yield* Effect.acquireRelease(change(name, 1), () => change(name, -1))
          return Stream.interruptWhen(stream, end)
        }))
      })

      return OpenStreams.of({ guard })
    })
  )
}
