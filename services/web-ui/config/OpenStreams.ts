import { Context, Duration, Effect, Layer, Metric, Stream } from "effect"
import { Authentication, type Sent } from "../../../layers/http/Authentication.ts"
import { Unavailable } from "../../../src/api/shared/Problems.ts"
import { StreamsFull } from "../../../src/api/web-ui/Settings.ts"
import type { Caller } from "../../../src/domain/Role.ts"
import { streamsEnded, streamsOpen, streamsRefused } from "../metrics.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

/**
 * Limits open streams, in all and per caller: a key, and each person who logged in with it. A stream ends when its key
 * is gone, or at its highest age.
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
      const of = (who: string) => open.get(who) ?? 0

      const full = (who: string) =>
        of(who) >= streamsPerKey ? "key" as const : all >= streamsMost ? "all" as const : undefined
      const change = (who: string, by: 1 | -1) =>
        Effect.suspend(() => {
          all += by
          if (of(who) + by === 0) open.delete(who)
          else open.set(who, of(who) + by)
          return Metric.update(streamsOpen, all)
        })
      const refused = (reason: "key" | "all") =>
        Effect.andThen(
          Metric.update(streamsRefused(reason), 1),
          Effect.fail(
            reason === "key"
              ? new StreamsFull({
                detail: `${streamsPerKey} streams are open for this key or person, which is as many as one may have.`
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
        { name, person, role }: Caller
      ) {
        const who = person === undefined ? name : `${name}/${person}`
        const reason = full(who)
        if (reason !== undefined) return yield* refused(reason)
        const end = Effect.raceFirst(
          Effect.as(authentication.untilGone(request, { name, role }), "key" as const),
          Effect.as(Effect.sleep(Duration.seconds(streamSeconds)), "age" as const)
        ).pipe(Effect.flatMap((reason) => Metric.update(streamsEnded(reason), 1)))
        // Counts from the first element on, as an answer may never begin. Others may have opened meanwhile.
        return Stream.unwrap(Effect.gen(function*() {
          if (full(who) !== undefined) return Stream.empty
          yield* Effect.acquireRelease(change(who, 1), () => change(who, -1))
          return Stream.interruptWhen(stream, end)
        }))
      })

      return OpenStreams.of({ guard })
    })
  )
}
