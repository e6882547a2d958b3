import { Effect } from "effect"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { Silenced, SilenceIndex } from "../../../src/silence/silenceIndex.ts"
import { ActiveSilences } from "../ActiveSilences.ts"
import type { Batch, DecidedEvent, Stage } from "../Batch.ts"

/** Characters of messages to hold against silences before the event loop turns. */
const charactersAtOnce = 65_536

/** Holds back what a silence covers that is in force now. */
export const makeSilence = Effect.map(
  ActiveSilences,
  ({ current, hit }): Stage => (batch) =>
    Effect.flatMap(current, (index) => index.size === 0 ? Effect.succeed(batch) : silence(batch, index, hit))
)

/** Holds back the events of a batch that a silence covers by when they arrived. */
export const silence = Effect.fnUntraced(function*(
  batch: Batch,
  index: SilenceIndex,
  hit: (silenceId: number, receivedAt: string) => void
) {
  const held = heldDecisions()
  const decided: Array<DecidedEvent> = []
  let characters = 0
  for (const one of batch.decided) {
    const { decision, event } = one
    const found = index.find(event, decision)
    if (found === undefined) decided.push(one)
    else {
      hit(found.silence.id, event.receivedAt)
      decided.push({ ...one, decision: held(found, decision) })
    }
    characters += event.message.length
    if (characters < charactersAtOnce) continue
    characters = 0
    yield* Effect.yieldNow
  }
  return { ...batch, decided } satisfies Batch
})

/** The decision that a silence makes of another one. Each is one object for all of a batch: the record sends it once. */
const heldDecisions = () => {
  const known = new Map<string, Map<Decision, Decision>>()
  return ({ occurrence, silence }: Silenced, decision: Decision): Decision => {
    const causeId = occurrence === null ? String(silence.id) : `${silence.id}/${occurrence}`
    const ofCause = known.get(causeId) ?? new Map<Decision, Decision>()
    known.set(causeId, ofCause)
    const made = ofCause.get(decision) ?? silenced(decision, causeId)
    ofCause.set(decision, made)
    return made
  }
}

/** Says why in a sentence that many rows share: which silence it is says `causeId`. */
export const silenced = (decision: Decision, causeId: string): Decision => ({
  ...decision,
  outcome: "suppressed",
  reason: `${decision.reason} But a silence holds it back.`,
  cause: "silence",
  causeId
})
