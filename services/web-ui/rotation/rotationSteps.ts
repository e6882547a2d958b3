import { Clock, Effect, Redacted, Schedule } from "effect"
import { Base64Url } from "effect/encoding"
import { randomBytes } from "../../../layers/random/secureRandom.ts"
import { SecretWriteConflict, SecretWriter } from "../../../layers/secret/SecretWriter.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { Blocker, RotationRecord, RotationStep } from "../../../src/domain/Rotation.ts"
import { RotationBlocked, RotationConfused, RotationWrongState } from "../../../src/domain/RotationError.ts"
import { blockersOf } from "../../../src/logic/rotationBlockers.ts"
import { nextOf, outcomeOf, plan, rollbackStep } from "../../../src/logic/rotationPlan.ts"
import { CredentialTargets } from "./CredentialTargets.ts"
import { stateSeen, stepCounted, stepTook } from "./metrics.ts"
import { makeRotationContext, serverUnavailable, storeErrors } from "./rotationContext.ts"
import { RotationJournal } from "./RotationJournal.ts"
import { isOpen } from "./rotationStatus.ts"
import { same, withSlots } from "./slots.ts"

/** How often what blocks a step is asked again. */
export const pollMs = 250
/** How long proofs are waited for before they are asked for again: who joined meanwhile was not asked. */
const proofMs = 10_000

/** 256 bits, in 43 characters that need no quoting anywhere. */
const freshValue = () => Redacted.make(Base64Url.encode(randomBytes(32)), { label: "NEXT" })

/** Says which step to do, or fails when none may be done. */
export type ChooseStep<E> = (record: RotationRecord) => Effect.Effect<RotationStep, E>

/** Does one step of a rotation: checks what must hold, journals the intent, acts, and journals the end. */
export const makeRotationSteps = Effect.gen(function*() {
  const journal = yield* RotationJournal
  const writer = yield* SecretWriter
  const servers = yield* CredentialTargets
  const context = yield* makeRotationContext
  /** Secret → the proof that was asked for last. Lost with the process, and then asked for again. */
  const proofs = new Map<string, { readonly fingerprint: string; readonly request: string; readonly at: number }>()

  const openRotation = Effect.fnUntraced(function*(secret: string) {
    const record = yield* journal.find(secret)
    if (!isOpen(record)) {
      const detail = `No rotation of ${secret} is open.`
      return yield* new RotationWrongState({ state: "STEADY", expected: [], detail })
    }
    return record
  })

  /** Does what the plan says, from what the store holds now. */
  const applyPlan = Effect.fnUntraced(function*(record: RotationRecord, step: RotationStep) {
    const { direction, kind, secret } = record
    const { slots, values, version } = yield* context.stored(secret)
    const planned = plan(step, { kind, direction, slots, same, fresh: freshValue })
    if (planned._tag === "Failure") return yield* new RotationConfused({ detail: planned.failure })
    const notes: Array<string> = []
    for (const action of planned.success.actions) {
      if (action._tag === "write") {
        yield* Effect.catchTags(writer.write(withSlots(values, secret, action.slots), version), storeErrors)
        yield* context.nudge.pipe(
          droppedAt("rotation.nudge", "The programs could not be told of a secret; they look by themselves.")
        )
      } else if (kind !== "key") {
        const done = Effect.mapError(servers[kind][action._tag](action.value), serverUnavailable)
        notes.push(yield* journal.fenced(record)(done))
      }
    }
    return { planned: planned.success, detail: notes.filter((note) => note !== "").join(" ") }
  })

  /** Does the step that the journal names as intended, and journals how it ended. */
  const perform = Effect.fnUntraced(function*(record: RotationRecord, step: RotationStep, author: ChangeAuthor) {
    const begun = yield* Clock.currentTimeMillis
    const { detail, planned } = yield* applyPlan(record, step).pipe(
      Effect.retry({
        schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo({ times: 5 })),
        while: (error) => error instanceof SecretWriteConflict
      }),
      Effect.catchTag("SecretWriteConflict", storeErrors.SecretStoreUnavailable),
      Effect.tapError((error) =>
        Effect.andThen(
          stepCounted(step, "failed"),
          journal.failed(record, author, detailOf(error)).pipe(
            droppedAt("rotation.failed", "A step that failed could not be noted in the journal.")
          )
        )
      )
    )
    const { direction, state } = planned
    const outcome = state === "STEADY" ? outcomeOf(direction) : null
    const after = yield* journal.done(record, { state, direction, outcome, detail }, author)
    yield* stepCounted(step, "done")
    yield* stepTook(step, (yield* Clock.currentTimeMillis) - begun)
    yield* stateSeen(record.secret, after.state)
    yield* Effect.logInfo("A step of a rotation is done.").pipe(Effect.annotateLogs({
      secret: record.secret,
      step,
      state: after.state,
      actor: author.actor
    }))
    return after
  }, Effect.uninterruptible)

  /** Names the request that processes prove this value by; asks anew when the last one is old. */
  const proofOf = Effect.fnUntraced(function*(secret: string, fingerprint: string | undefined) {
    if (fingerprint === undefined) return undefined
    const known = proofs.get(secret)
    const now = yield* Clock.currentTimeMillis
    if (known?.fingerprint === fingerprint && now - known.at < proofMs) return known.request
    const request = yield* context.prove(secret, fingerprint)
    proofs.set(secret, { fingerprint, request, at: now })
    return request
  })

  /** What blocks this step now. `ask`: processes are asked for the proofs that are missing. */
  const blocks = Effect.fnUntraced(function*(record: RotationRecord, step: RotationStep, ask: boolean) {
    const { kind, secret } = record
    const { slots } = yield* context.stored(secret)
    const known = proofs.get(secret)?.request
    const found = blockersOf(step, yield* context.facts(secret, kind, slots, known))
    // Those who have proved it are not asked again for the sake of the others.
    if (step !== "verify" || !ask || found.length === 0) return found
    const next = slots.next === undefined ? undefined : yield* context.fingerprint(slots.next)
    const request = yield* proofOf(secret, next)
    return request === known ? found : blockersOf(step, yield* context.facts(secret, kind, slots, request))
  })

  /** By force, what cannot be asked is one more blocker to pass. */
  const blocksByForce = (record: RotationRecord, step: RotationStep) =>
    blocks(record, step, true).pipe(
      Effect.catchTag("RotationUnavailable", ({ detail, needs }) =>
        Effect.succeed<ReadonlyArray<Blocker>>([{
          code: "nobody_reports",
          who: "",
          detail: `The ${needs} cannot be asked: ${detail}`
        }]))
    )

  /** Does a step of an open rotation, while nobody else works on the secret. */
  const doStep = <E>(
    secret: string,
    choose: ChooseStep<E>,
    author: ChangeAuthor,
    force: boolean
  ) =>
    Effect.gen(function*() {
      const record = yield* openRotation(secret)
      const step = yield* choose(record)
      const found = force ? yield* blocksByForce(record, step) : yield* blocks(record, step, true)
      if (found.length > 0 && !force) return yield* blockedBy(secret, step, found)
      const passed = found.length > 0 ? found : null
      const intent = yield* journal.intend(record, step, author, passed)
      return { step, record: yield* perform(intent, step, author), passed: found }
    }).pipe(journal.exclusively(secret))

  const start = (secret: string, author: ChangeAuthor) =>
    Effect.gen(function*() {
      const kind = yield* context.kind(secret)
      const shared = kind === "key" ? undefined : yield* servers[kind].shared
      if (shared !== undefined) {
        return yield* blockedBy(secret, "stage", [{ code: "account_shared", who: "", detail: shared }])
      }
      const record = yield* journal.open(secret, kind, author)
      return yield* perform(record, "stage", author)
    }).pipe(journal.exclusively(secret))

  /** Chooses the step that a rollback begins with, or goes on with. */
  const backwards = Effect.fnUntraced(function*(record: RotationRecord) {
    const { direction, kind, pending, secret, state } = record
    if (direction === "back" || pending === "turn" || pending === "revert" || pending === "discard") {
      return nextOf(record)
    }
    if (pending === "retire") {
      const detail = "The old value is being retired already; this rotation can only be finished."
      return yield* new RotationWrongState({ state, expected: ["retire"], detail })
    }
    return rollbackStep(kind, (yield* context.stored(secret)).slots)
  })

  return { context, journal, openRotation, blocks, doStep, start, backwards }
})

const blockedBy = (secret: string, step: RotationStep, blocks: ReadonlyArray<Blocker>) => {
  const why = blocks.map(({ detail, who }) => `${who} ${detail}`.trim()).join(" ")
  return new RotationBlocked({ detail: `${step} of ${secret} is blocked. ${why}`, step, blocks })
}

export type RotationSteps = Effect.Success<typeof makeRotationSteps>

export const detailOf = (error: { readonly _tag: string; readonly detail?: string }): string =>
  error.detail ?? error._tag
