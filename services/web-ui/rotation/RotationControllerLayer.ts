import { Clock, Effect, Layer, Schedule } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import type { Blocker, RotationRecord, RotationStep } from "../../../src/domain/Rotation.ts"
import { type RotationError, RotationTaken, RotationWrongState } from "../../../src/domain/RotationError.ts"
import { mayBreak } from "../../../src/logic/rotationBlockers.ts"
import { goesOn, nextOf } from "../../../src/logic/rotationPlan.ts"
import { stateSeen, stepCounted } from "./metrics.ts"
import { RotationController, type StepOptions } from "./RotationController.ts"
import type { Author } from "./RotationJournal.ts"
import { isOpen, statusOf } from "./rotationStatus.ts"
import { makeRotationSteps, wordsOf } from "./rotationSteps.ts"

/** How often what blocks is looked at again. */
const lookMs = 250
/** How long a rotation that goes on by itself waits for one step. */
const patienceMs = 60_000
/** Who goes on with a rotation says so each second; who has said nothing for so long has died. */
const driverLostMs = 10_000

export const RotationControllerLayer = Layer.effect(
  RotationController,
  Effect.gen(function*() {
    const { instance } = yield* Environment
    const engine = yield* makeRotationSteps
    const { journal, situation } = engine
    const scope = yield* Effect.scope
    /** Rotations this process goes on with by itself. */
    const driven = new Set<number>()

    const expect =
      (step: RotationStep) => (record: RotationRecord): Effect.Effect<RotationStep, RotationWrongState> => {
        const { pending, secret, state } = record
        const expected = nextOf(record)
        return step === expected ? Effect.succeed(step) : Effect.fail(
          new RotationWrongState({
            state,
            expected: [expected],
            detail: pending === null
              ? `${secret} is ${state}: next comes ${expected}, not ${step}.`
              : `${pending} of ${secret} was begun and is not known to be done: do it again, resume or roll back.`
          })
        )
      }

    /** Does a step, waiting for what blocks it. */
    const patiently = <E>(
      secret: string,
      choose: (record: RotationRecord) => Effect.Effect<RotationStep, E>,
      author: Author,
      { force, waitMs }: StepOptions
    ) =>
      Effect.gen(function*() {
        const deadline = (yield* Clock.currentTimeMillis) + waitMs
        while (true) {
          const result = yield* Effect.result(engine.act(secret, choose, author, force))
          if (result._tag === "Success") return result.success
          const error = result.failure
          const passing = error instanceof Object && "_tag" in error &&
            (error._tag === "RotationBlocked" || error._tag === "RotationTaken")
          if (!passing || (yield* Clock.currentTimeMillis) + lookMs > deadline) return yield* Effect.fail(error)
          yield* Effect.sleep(lookMs)
        }
      })

    /** Goes on until nothing is left, or nothing has moved for a minute. Says each second that it lives. */
    const drive = ({ id, secret }: RotationRecord, author: Author) =>
      Effect.gen(function*() {
        let [moved, told] = [yield* Clock.currentTimeMillis, 0]
        while (true) {
          const now = yield* Clock.currentTimeMillis
          const found = yield* Effect.result(journal.find(secret))
          const record = found._tag === "Success" ? found.success : undefined
          if (found._tag === "Success" && (record?.id !== id || record.closedAt !== null)) return
          if (record === undefined) {
            // PostgreSQL may be away for as long as a step is waited for.
            if (now - moved >= patienceMs) return yield* new RotationTaken({ detail: "The journal is away." })
            yield* Effect.sleep(lookMs)
            continue
          }
          if (record.pending === null && !goesOn(record.kind, record.state)) {
            return yield* journal.driven(id, null, retireByHand)
          }
          if (now - told >= 1_000) {
            yield* noteDriver(id)
            told = now
          }
          const result = yield* Effect.result(engine.act(secret, onwards(id), author, false))
          if (result._tag === "Success") {
            moved = yield* Clock.currentTimeMillis
            continue
          }
          if ((yield* Clock.currentTimeMillis) - moved >= patienceMs) {
            const why = yield* whyStopped(result.failure)
            yield* Effect.logWarning("A rotation does not go on.").pipe(Effect.annotateLogs({ why }))
            return yield* journal.driven(id, null, why.slice(0, 2_000))
          }
          yield* Effect.sleep(lookMs)
        }
      }).pipe(
        Effect.ensuring(Effect.sync(() => driven.delete(id))),
        droppedAt("rotation.drive", "A rotation that went on by itself has stopped; it can be resumed."),
        Effect.annotateLogs({ secret })
      )

    /** The next step of this rotation, and of no other. */
    const onwards = (id: number) => (record: RotationRecord) =>
      record.id === id
        ? Effect.succeed(nextOf(record))
        : Effect.fail(new RotationTaken({ detail: "Another rotation is open." }))

    const noteDriver = (id: number) =>
      journal.driven(id, instance, null).pipe(
        droppedAt("rotation.driven", "Who goes on with a rotation could not be noted.")
      )

    const goOn = Effect.fnUntraced(function*(record: RotationRecord, author: Author) {
      if (driven.has(record.id)) return
      driven.add(record.id)
      yield* noteDriver(record.id)
      yield* Effect.forkIn(drive(record, author), scope)
    })

    const status = Effect.fn("Rotator.view")(function*(secret: string) {
      const kind = yield* situation.kind(secret)
      const rotation = yield* journal.find(secret)
      const missing: Array<string> = []
      const known = <A>(what: string, otherwise: A, effect: Effect.Effect<A, { readonly detail?: string }>) =>
        Effect.catch(effect, ({ detail }) => {
          missing.push(`The ${what} cannot be asked: ${detail}`)
          return Effect.succeed(otherwise)
        })
      const stored = yield* situation.stored(secret)
      const fleet = yield* known("list of processes", { now: 0, instances: [] }, situation.list)
      const sessions = yield* known("server", [], situation.sessionsOf(kind))
      const slots = yield* known("list of processes", { current: "?" }, situation.fingerprints(stored.slots))
      const blocks: ReadonlyArray<Blocker> = isOpen(rotation) && missing.length === 0
        ? yield* known("list of processes", [], engine.blocks(rotation, nextOf(rotation), false))
        : []
      const steps = rotation === undefined ? [] : yield* journal.entries(rotation.id)
      const found = statusOf({ secret, kind, rotation, steps, blocks, slots, fleet, sessions, missing })
      yield* stateSeen(secret, found.state)
      return found
    })

    const stepped = (secret: string, step: RotationStep, passed: ReadonlyArray<Blocker>) =>
      Effect.map(status(secret), (found) => ({ ...found, passed, may_break: mayBreak(step, passed) }))

    /** Nobody else may be going on with it by itself. */
    const notDrivenElsewhere = Effect.fnUntraced(function*(record: RotationRecord) {
      const { driver, secret } = record
      if (driver !== null && driver.instance !== instance && driver.ageMs < driverLostMs) {
        return yield* new RotationTaken({ detail: `${driver.instance} goes on with ${secret} by itself.` })
      }
    })

    return RotationController.of({
      status,
      list: Effect.gen(function*() {
        const { values } = yield* situation.read
        return yield* Effect.forEach(situation.rotatable(values), status)
      }).pipe(Effect.withSpan("Rotator.list")),
      start: Effect.fn("Rotator.start")(function*(secret, author, { auto }) {
        // Whoever has just ended the rotation before may be at work for a moment yet.
        const record = yield* engine.start(secret, author).pipe(
          Effect.retry({
            schedule: Schedule.spaced(lookMs).pipe(Schedule.upTo({ times: 8 })),
            while: (error) => error._tag === "RotationTaken"
          }),
          Effect.catchTag(
            "RotationIsOpen",
            () => Effect.fail(new RotationTaken({ detail: `A rotation of ${secret} is open already.` }))
          )
        )
        if (auto) yield* goOn(record, author)
        return yield* stepped(secret, "stage", [])
      }),
      step: Effect.fn("Rotator.step")(function*(secret, step, author, options) {
        yield* situation.kind(secret)
        const { passed } = yield* patiently(secret, expect(step), author, options).pipe(
          Effect.tapError((error) => error._tag === "RotationBlocked" ? stepCounted(step, "blocked") : Effect.void)
        )
        return yield* stepped(secret, step, passed)
      }),
      rollback: Effect.fn("Rotator.rollback")(function*(secret, author, options) {
        yield* situation.kind(secret)
        const { passed, record, step } = yield* patiently(secret, engine.backwards, author, options)
        if (record.closedAt === null) yield* goOn(record, author)
        return yield* stepped(secret, step, passed)
      }),
      resume: Effect.fn("Rotator.resume")(function*(secret, author) {
        yield* situation.kind(secret)
        const record = yield* engine.open(secret)
        yield* notDrivenElsewhere(record)
        yield* goOn(record, author)
        return yield* stepped(secret, "stage", [])
      })
    })
  })
)

const retireByHand = "It waits for a person to retire the old key, when every caller has the new one."

const whyStopped = Effect.fnUntraced(function*(error: RotationError) {
  if (error._tag !== "RotationBlocked") return wordsOf(error)
  yield* stepCounted(error.step, "blocked")
  return `${error.step} is blocked: ${error.blocks.map(inWords).join(" ")}`
})

const inWords = ({ detail, who }: Blocker): string => who === "" ? detail : `${who}: ${detail}`
