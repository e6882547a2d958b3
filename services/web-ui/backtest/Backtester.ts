import { Clock, Context, Effect, Layer, Stream } from "effect"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { EventReader, type EventSpan } from "../../../layers/audit/EventReader.ts"
import { RuleRepository, type RuleRepositoryUnavailable } from "../../../layers/rules/RuleRepository.ts"
import type { Invalid } from "../../../src/api/shared/Problems.ts"
import { type BacktestAsked, type BacktestEvent, BacktestRunning } from "../../../src/api/web-ui/Backtests.ts"
import { BacktestTally } from "../../../src/backtest/BacktestTally.ts"
import { compareEvents } from "../../../src/backtest/compareEvents.ts"
import { type Decider, deciderOf, nameOfRule } from "../../../src/backtest/Decider.ts"
import { isoText } from "../../../src/decode/fields/calendar.ts"
import type { BacktestResult, Stopped } from "../../../src/domain/BacktestResult.ts"
import { Turns } from "../../../src/logic/Turns.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { couldNotKnow } from "./couldNotKnow.ts"
import { readWithin } from "./readWithin.ts"
import { spanOf } from "./spanOf.ts"
import { rulesInForce, wantedRules } from "./wantedRules.ts"

/** Milliseconds of work in one turn of the event loop: other requests wait for it. */
const sliceMs = 0.5
/** Milliseconds between two words of progress. */
const progressMs = 250

/** A backtest that may begin. */
interface Prepared {
  readonly span: EventSpan
  readonly limit: number
  readonly against: BacktestResult["against"]
  readonly old: Decider | "recorded"
  readonly new: Decider
  /** Names of rules as the old side knows them. */
  readonly oldName: (id: number) => string
}

export type BacktestStream = Stream.Stream<BacktestEvent, BacktestRunning | EventAuditFailed>

/** Tries rules on recorded events, one request at a time. */
export class Backtester extends Context.Service<Backtester, {
  /** Refuses at once what cannot be tried. Nothing is read until the stream is, and no more when it ends. */
  readonly run: (
    asked: BacktestAsked
  ) => Effect.Effect<BacktestStream, Invalid | BacktestRunning | RuleRepositoryUnavailable>
}>()("mutt/services/web-ui/backtest/Backtester") {
  static readonly layer = Layer.effect(
    Backtester,
    Effect.gen(function*() {
      const reader = yield* EventReader
      const store = yield* RuleRepository
      const { backtestEvents, backtestSeconds } = yield* WebUiSettings
      const turns = new Turns(sliceMs)
      let running = false

      const prepare = Effect.fn("Backtester.prepare")(function*(asked: BacktestAsked) {
        const span = yield* spanOf(asked)
        const there = yield* store.ruleSet
        const wanted = yield* wantedRules(there, asked, turns)
        const current = rulesInForce(there)
        const { against = "current" } = asked
        const before = against === "current" ? yield* turns.run(buildPolicy(current)) : undefined
        const after = yield* turns.run(buildPolicy(wanted, before))
        const prepared: Prepared = {
          span,
          limit: Math.min(asked.limit ?? backtestEvents, backtestEvents),
          against,
          old: before === undefined ? "recorded" : deciderOf(before, current.rules),
          new: deciderOf(after, wanted.rules),
          oldName: nameOfRule(current.rules)
        }
        return prepared
      })

      const compare = Effect.fnUntraced(function*(prepared: Prepared) {
        const { limit, new: after, old, span } = prepared
        const tally = new BacktestTally({ old: prepared.oldName, new: after.ruleName })
        const begun = yield* Clock.currentTimeMillis
        const estimate = yield* reader.estimate(span)
        let toldAt = begun

        const reached = () => tally.last === undefined ? null : isoText(tally.last)
        const progress = (): BacktestEvent => ({
          event: "progress",
          data: {
            read: tally.read,
            of: Math.max(tally.read, Math.min(estimate, limit)),
            differing: tally.differing,
            reached: reached()
          }
        })
        const told250 = Effect.map(Clock.currentTimeMillis, (now) => {
          if (now - toldAt < progressMs) return []
          toldAt = now
          return [progress()]
        })

        const reading = readWithin(reader, span, {
          limit,
          ms: backtestSeconds * 1_000,
          read: () => tally.read,
          use: (events) => Effect.andThen(turns.run(compareEvents(events, old, after, tally)), told250)
        })
        const resultAt = (now: number, stopped: Stopped): BacktestEvent => ({
          event: "result",
          data: {
            against: prepared.against,
            from: isoText(span.from),
            to: isoText(span.to),
            sample: span.sample,
            read: tally.read,
            of: stopped === null ? tally.read : Math.max(tally.read, estimate),
            stopped,
            reached: reached(),
            ms: now - begun,
            ...tally.figures,
            could_not_know: couldNotKnow(tally, { stopped, sample: span.sample, reached: reached() })
          }
        })
        const result = Effect.map(Clock.currentTimeMillis, (now) => resultAt(now, reading.stopped()))
        const told = Stream.flattenIterable(reading.used)
        return Stream.concat(Stream.concat(Stream.sync(progress), told), Stream.fromEffect(result))
      })

      const begin = Effect.suspend(() => {
        if (running) return Effect.fail(busy)
        running = true
        return Effect.void
      })
      const end = Effect.sync(() => running = false)

      return Backtester.of({
        run: Effect.fn("Backtester.run")(function*(asked) {
          if (running) return yield* Effect.fail(busy)
          const prepared = yield* prepare(asked)
          // Others may have begun meanwhile; and an answer may never begin.
          return Stream.unwrap(Effect.andThen(Effect.acquireRelease(begin, () => end), compare(prepared)))
        })
      })
    })
  )
}

const busy = new BacktestRunning({
  detail: "A backtest is under way. One runs at a time: ask again when it has ended."
})
