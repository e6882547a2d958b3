import { Effect, Schema } from "effect"
import { BooksView } from "../../src/api/web-ui/Overview.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(BooksView))

/** What the web-ui program says became of every event so far. */
export const readBooks = (webUi: string, viewerKey: string) =>
  Effect.tryPromise((signal) => fetch(`${webUi}/api/v1/books`, { signal, headers: { "x-api-key": viewerKey } })).pipe(
    Effect.flatMap((response) => Effect.tryPromise(() => response.text())),
    Effect.flatMap(decode)
  )

/**
 * Looks again until `enough` events have arrived since `before` and nothing is under way, for `patience` at most; gives
 * the last reading.
 */
export const awaitSettled = (webUi: string, viewerKey: string, before: BooksView, enough: number) =>
  Effect.gen(function*() {
    let last = before
    const look: Effect.Effect<void> = readBooks(webUi, viewerKey).pipe(
      Effect.map((books) => last = books),
      Effect.ignore,
      Effect.flatMap(() =>
        last.events.accepted - before.events.accepted >= enough && last.events.waiting === 0 &&
          last.alerts.waiting === 0
          ? Effect.void
          : Effect.andThen(Effect.sleep("100 millis"), look)
      )
    )
    yield* Effect.timeoutOption(look, "25 seconds")
    return last
  })
