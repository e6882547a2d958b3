import { Clock, Context, Effect, Layer, type Option, Semaphore, Stream } from "effect"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { EventReader } from "../../../layers/audit/EventReader.ts"
import { RuleRepository, type RuleRepositoryUnavailable } from "../../../layers/rules/RuleRepository.ts"
import { SilenceRepository, type SilenceRepositoryUnavailable } from "../../../layers/silence/SilenceRepository.ts"
import type { SilencePreview } from "../../../src/api/web-ui/SilencePreviews.ts"
import { nameOfRule } from "../../../src/backtest/Decider.ts"
import { HeldTally } from "../../../src/backtest/HeldTally.ts"
import { isoText } from "../../../src/decode/fields/calendar.ts"
import { Turns } from "../../../src/logic/Turns.ts"
import { counted } from "../../../src/rulefile/words.ts"
import { mayOverlap } from "../../../src/silence/overlap.ts"
import { compileSchedule } from "../../../src/silence/schedule.ts"
import type { Silence, SilenceInput } from "../../../src/silence/Silence.ts"
import { silenceIndex } from "../../../src/silence/silenceIndex.ts"
import { type StoredSilence, writtenOf } from "../../../src/silence/StoredSilence.ts"
import { readWithin } from "../backtest/readWithin.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { nextViews, silenceView } from "./silenceCodec.ts"

const dayMs = 86_400_000
/** Previews that read at once; others wait for their turn. */
const atOnce = 2
/** Milliseconds that it reads for a silence that is made: who made it waits for the answer. */
const briefMs = 800
/** Milliseconds of work in one turn of the event loop: other requests wait for it. */
const sliceMs = 0.5
/** Silences that are compared, and that are told as overlapping. */
const compared = 1_000
const overlaps = 20

export type Unreachable = EventAuditFailed | RuleRepositoryUnavailable | SilenceRepositoryUnavailable

/** Says what a silence would have held back. */
export class SilencePreviewer extends Context.Service<SilencePreviewer, {
  readonly preview: (said: SilenceInput) => Effect.Effect<SilencePreview, Unreachable>
  /** Of one that is made, after a shorter look; none while others take all turns. */
  readonly brief: (made: StoredSilence) => Effect.Effect<Option.Option<SilencePreview>, Unreachable>
}>()("mutt/services/web-ui/silences/SilencePreviewer") {
  static readonly layer = Layer.effect(
    SilencePreviewer,
    Effect.gen(function*() {
      const reader = yield* EventReader
      const rules = yield* RuleRepository
      const silences = yield* SilenceRepository
      const { previewEvents, previewSeconds } = yield* WebUiSettings
      const room = yield* Semaphore.make(atOnce)
      const turns = new Turns(sliceMs)

      const preview = Effect.fn("SilencePreviewer.preview")(
        function*(said: SilenceInput, ms: number, made?: StoredSilence) {
          const now = yield* Clock.currentTimeMillis
          const silence = made ?? asMade(said, now)
          const others = yield* silences.list({ limit: compared, over: false })
          const ruleName = nameOfRule(yield* rules.rules)
          const tally = tallyOf(said, ruleName)
          const span = { from: now - dayMs, to: now, hosts: said.match.hosts, sample: 1, notSuppressed: true }
          const reading = readWithin(reader, span, {
            limit: previewEvents,
            ms,
            read: () => tally.read,
            use: (events) => turns.run(tally.look(events))
          })
          yield* Stream.runDrain(reading.used)
          const stopped = reading.stopped()
          const reached = tally.last === undefined ? null : isoText(tally.last)
          const answer: SilencePreview = {
            from: isoText(span.from),
            to: isoText(span.to),
            ...tally.all,
            in_windows: said.schedule === undefined ? null : tally.inWindows,
            rules: tally.rules,
            severities: tally.severities,
            samples: tally.samples,
            read: tally.read,
            stopped,
            reached,
            ms: (yield* Clock.currentTimeMillis) - now,
            waiting: null,
            next: nextViews(silence, now),
            overlaps: others.filter((other) => other.id !== silence.id && mayOverlap(silence, other))
              .slice(0, overlaps)
              .map((other) => {
                const { comment, created_by, from, id, state, until } = silenceView(other, now)
                return { id, comment, created_by, state, from, until }
              }),
            could_not_know: [
              "Events that wait are not looked at.",
              ...(stopped === null ? [] : [
                `What came after ${reached ?? "the beginning"} was not looked at: ` +
                (stopped === "time" ? "the time was up." : "there are too many events.")
              ]),
              ...(tally.unreadable === 0 ? [] : [`${counted(tally.unreadable, "record")} cannot be read as an event.`])
            ]
          }
          return answer
        }
      )
      const fullMs = previewSeconds * 1_000
      return SilencePreviewer.of({
        preview: (said) => room.withPermits(1)(preview(said, fullMs)),
        brief: (made) => room.withPermitsIfAvailable(1)(preview(writtenOf(made), Math.min(fullMs, briefMs), made))
      })
    })
  )
}

const unmade = { id: 0, revision: 1, created_by: "" }

const asMade = (said: SilenceInput, now: number): Silence => ({ ...said, ...unmade, created_at: isoText(now) })

/** Looks at what the silence matches, whenever it came. Its times are about the future. */
const tallyOf = ({ comment, match, schedule }: SilenceInput, ruleName: (id: number) => string): HeldTally => {
  const always = {
    ...unmade,
    match,
    comment,
    created_at: isoText(0),
    starts_at: isoText(0),
    ends_at: "9999-12-31T00:00:00Z"
  }
  const windows = schedule === undefined ? undefined : compileSchedule(schedule)
  return new HeldTally(
    silenceIndex([always], ruleName),
    ruleName,
    (at) => windows?.occurrenceAt(at) !== undefined
  )
}
