import { Context, Duration, Effect, Layer, Metric, Stream } from "effect"
import { Authentication, type Sent } from "../../../layers/http/Authentication.ts"
import { Unavailable } from "../../../src/api/shared/Problems.ts"
import { StreamsFull } from "../../../src/api/web-ui/Settings.ts"
import type { Caller } from "../../../src/domain/Role.ts"
import { streamsEnded, streamsOpen, streamsRefused } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

/** Limits open streams, in all and per key. A stream ends when its key is gone, or at its highest age. */
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
        // Counts from the first element on, as an answer may never begin. Others may have opened meanwhile.
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
