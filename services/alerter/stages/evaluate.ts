import { Effect } from "effect"
import { Tracing } from "../../../layers/telemetry/Tracing.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import { canaryDecision } from "../../../src/matching/canaryDecision.ts"
import { patternLimits } from "../../../src/matching/Pattern.ts"
import type { Policy } from "../../../src/matching/Policy.ts"
import { ActiveRules } from "../ActiveRules.ts"
import type { Batch, DecidedEvent, Rejected, Stage } from "../Batch.ts"
import { runCooperatively } from "../runCooperatively.ts"
import { beginDecide } from "./decideSpan.ts"

/** Characters of messages to evaluate before the event loop turns; with large patterns, fewer. */
const charactersAtOnce = 65_536
/** A message of this length is evaluated with pauses within it. */
const longMessage = 4_096

/** Decides about each event by the rules that are active now. */
export const makeEvaluate = Effect.map(
  ActiveRules,
  (rules): Stage => (batch) => Effect.flatMap(rules.current, (policy) => evaluate(batch, policy))
)

/** Decides about each event of a batch. One that breaks the rules engine does not stop the others. */
export const evaluate = Effect.fnUntraced(function*(batch: Batch, policy: Policy) {
  const { at } = batch
  const tracing = yield* Tracing
  const decided: Array<DecidedEvent> = []
  const rejected: Array<Rejected> = [...batch.rejected]
  const atOnce = Math.min(charactersAtOnce, patternLimits.work / policy.matcher.largestPattern)
  let characters = 0
  for (const { event, payload, position } of batch.decoded) {
    const span = event.traceparent === undefined ? undefined : beginDecide(tracing, event)
    const decision = canaryDecision(event) ?? (event.message.length < longMessage
      ? guarded(() => policy.decide(event))
      : yield* runCooperatively(policy.decideSlowly(event)).pipe(
        Effect.catchDefect((defect) => Effect.succeed(broken(defect)))
      ))
    if (typeof decision !== "string") decided.push({ position, payload, event, decision, span })
    else {
      span?.end("broken")
      rejected.push({ position, reason: "broken", detail: decision, at })
    }
    characters += event.message.length
    if (characters >= atOnce) {
      characters = 0
      yield* Effect.yieldNow
    }
  }
  return { ...batch, decoded: [], decided, rejected } satisfies Batch
})

const guarded = (decide: () => Decision): Decision | string => {
  try {
    return decide()
  } catch (defect) {
    return broken(defect)
  }
}

const broken = (
  defect: unknown
): string => (defect instanceof Error ? `${defect.name}: ${defect.message}` : String(defect))
