import { Cache, Clock, Context, Duration, Effect, Exit, Layer, Option, Schema } from "effect"
import type { DeliveryRecordUnavailable } from "../../../layers/audit/DeliveryRecord.ts"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { EventLookup, readEventRef } from "../../../layers/audit/EventLookup.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { RuleRepository, type RuleRepositoryUnavailable } from "../../../layers/rules/RuleRepository.ts"
import { SilenceRepository, type SilenceRepositoryUnavailable } from "../../../layers/silence/SilenceRepository.ts"
import type { EventDetail, EventExplanation } from "../../../src/api/web-ui/Events.ts"
import type { EventAuditEntry } from "../../../src/domain/Decision.ts"
import { Event } from "../../../src/domain/Event.ts"
import { type EventNotFound, eventNotFound } from "../../../src/domain/EventProblems.ts"
import { Turns } from "../../../src/logic/Turns.ts"
import { Stopwatch } from "../rules/Stopwatch.ts"
import { AlertTracker } from "./AlertTracker.ts"
import { explainSilence } from "./explainSilence.ts"
import { compileAhead, ruleByRule } from "./ruleByRule.ts"
import { sentencesOf } from "./sentences.ts"

/** Milliseconds after which no further rule is looked at. */
const explainMs = 500

const decodeEvent = Schema.decodeUnknownOption(Schema.fromJsonString(Event))

type Unreachable = EventAuditFailed | QueueUnavailable | DeliveryRecordUnavailable

/** Says of one event how it ended, and why, by the rules that decided about it. */
export class EventExplainer extends Context.Service<EventExplainer, {
  readonly detail: (ref: string) => Effect.Effect<EventDetail, EventNotFound | Unreachable>
  readonly explain: (
    ref: string
  ) => Effect.Effect<
    EventExplanation,
    EventNotFound | Unreachable | RuleRepositoryUnavailable | SilenceRepositoryUnavailable
  >
}>()("mutt/services/web-ui/events/EventExplainer") {
  static readonly layer = Layer.effect(
    EventExplainer,
    Effect.gen(function*() {
      const lookup = yield* EventLookup
      const alerts = yield* AlertTracker
      const store = yield* RuleRepository
      const silences = yield* SilenceRepository
      const clock = yield* Clock.Clock
      // All explanations share the turns, so that many at once delay other requests no more than one does.
      const turns = new Turns()

      const detail = Effect.fn("EventExplainer.detail")(function*(text: string) {
        const ref = readEventRef(text)
        const event = ref === undefined ? undefined : yield* lookup.find(ref)
        if (event === undefined) return yield* eventNotFound()
        return { event, alert: yield* alerts.find(event) }
      })

      // A version never changes. Two are kept: those in force, and those before the last change.
      const ruleSets = yield* Cache.makeWith(
        (version: number) =>
          store.ruleSetAt(version).pipe(Effect.catchTag("VersionUnknown", () => Effect.succeed(undefined))),
        {
          capacity: 2,
          timeToLive: (exit) => Exit.isSuccess(exit) && exit.value !== undefined ? "5 minutes" : Duration.zero
        }
      )

      const makeReady = Effect.gen(function*() {
        const [newest] = yield* store.versions(1)
        const rules = newest === undefined ? undefined : yield* Cache.get(ruleSets, newest.version)
        if (rules === undefined) return
        const stopwatch = new Stopwatch(() => clock.monotonicTimeNanosUnsafe())
        yield* turns.run(stopwatch.run(compileAhead(rules.rules), Infinity))
      })
      // The database may be away now; who asks later is told so, or finds it.
      yield* Effect.forkScoped(Effect.ignore(makeReady))

      const rulesOf = Effect.fnUntraced(function*({ matched_rule_id, raw_message, rules_version }: EventAuditEntry) {
        const event = decodeEvent(raw_message)
        if (rules_version === null || Option.isNone(event)) return null
        const rules = yield* Cache.get(ruleSets, rules_version)
        if (rules === undefined) return null
        const [newest] = yield* store.versions(1)
        const stopwatch = new Stopwatch(() => clock.monotonicTimeNanosUnsafe())
        const steps = ruleByRule(rules.rules, event.value, matched_rule_id, () => stopwatch.ms > explainMs)
        const found = yield* turns.run(stopwatch.run(steps, Infinity))
        const in_force = newest?.version === rules_version
        return found === undefined ? null : { version: rules_version, in_force, ...found.value }
      })

      const explain = Effect.fn("EventExplainer.explain")(function*(text: string) {
        const { alert, event } = yield* detail(text)
        const explained = {
          event,
          alert,
          rules: yield* rulesOf(event),
          silence: yield* explainSilence(silences, event)
        }
        return { ...explained, sentences: sentencesOf(explained) }
      })
      return EventExplainer.of({ detail, explain })
    })
  )
}
