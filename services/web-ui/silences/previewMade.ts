import { Effect, Fiber, Option } from "effect"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import type { SilenceCreated } from "../../../src/api/web-ui/Silences.ts"
import type { StoredSilence } from "../../../src/silence/StoredSilence.ts"
import type { SilencePreviewer } from "./SilencePreviewer.ts"

type Shown = Pick<SilenceCreated, "preview" | "no_preview">

/** The silence is in force: an answer without a preview is better than a late one. */
const deadline = "1200 millis"

const none = (why: string): Shown => ({ preview: null, no_preview: why })

/** What is kept with an Idempotency-Key until the preview is there. */
export const previewLost = none("The preview was lost with the answer. POST /silences/preview works it out again.")
const late = none("It did not come in time. POST /silences/preview takes longer.")
const busy = none("Other previews are worked out. POST /silences/preview waits for its turn.")
const failed = none("The record of events could not be read.")

/** Makes the preview in the answer of a create, which it never fails and never holds up for long. */
export const makePreviewMade = Effect.fnUntraced(function*(previewer: SilencePreviewer["Service"]) {
  const scope = yield* Effect.scope
  return Effect.fnUntraced(function*(made: StoredSilence) {
    const working = yield* previewer.brief(made).pipe(
      Effect.map(Option.match({ onNone: () => busy, onSome: (preview): Shown => ({ preview, no_preview: null }) })),
      droppedAt("silences.preview", "What a new silence would have held back could not be worked out."),
      Effect.map((shown) => shown ?? failed),
      // A server that does not answer holds up its end, too.
      Effect.forkIn(scope)
    )
    const given = yield* Effect.timeoutOption(Fiber.await(working), deadline)
    if (Option.isNone(given)) working.interruptUnsafe()
    return Option.isSome(given) && given.value._tag === "Success" ? given.value.value : late
  })
})
