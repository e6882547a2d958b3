import { Clock, Effect, Layer, Schedule } from "effect"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { Blocker, RotationRecord, RotationStep } from "../../../src/domain/Rotation.ts"
import { RotationTaken, RotationWrongState } from "../../../src/domain/RotationError.ts"
import { mayBreak } from "../../../src/logic/rotationBlockers.ts"
import { nextOf } from "../../../src/logic/rotationPlan.ts"
import { stateSeen, stepCounted } from "./metrics.ts"
import { RotationController, type StepOptions } from "./RotationController.ts"
import { makeRotationDriver } from "./rotationDriver.ts"
import { isOpen, statusOf } from "./rotationStatus.ts"
import { type ChooseStep, makeRotationSteps, pollMs } from "./rotationSteps.ts"

export const RotationControllerLayer = Layer.effect(
  RotationController,
  Effect.gen(function*() {
    const steps = yield* makeRotationSteps
    const { context, journal } = steps
    const { drive, notDrivenElsewhere } = yield* makeRotationDriver(steps)

    /** Does a step, waiting for what blocks it to go away. */
    const doStepWhenFree = <E>(
      secret: string,
      choose: ChooseStep<E>,
      author: ChangeAuthor,
      { force, waitMs }: StepOptions
    ) =>
      Effect.gen(function*() {
        const deadline = (yield* Clock.currentTimeMillis) + waitMs
        while (true) {
          const result = yield* Effect.result(steps.doStep(secret, choose, author, force))
          if (result._tag === "Success") return result.success
          const error = result.failure
          const passing = error instanceof Object && "_tag" in error &&
            (error._tag === "RotationBlocked" || error._tag === "RotationTaken")
          if (!passing || (yield* Clock.currentTimeMillis) + pollMs > deadline) return yield* Effect.fail(error)
          yield* Effect.sleep(pollMs)
        }
      })

    const status = Effect.fn("Rotator.view")(function*(secret: string) {
      const kind = yield* context.kind(secret)
      const rotation = yield* journal.find(secret)
      const missing: Array<string> = []
      const orMissing = <A>(what: string, otherwise: A, effect: Effect.Effect<A, { readonly detail?: string }>) =>
        Effect.catch(effect, ({ detail }) => {
          missing.push(`The ${what} cannot be asked: ${detail}`)
          return Effect.succeed(otherwise)
        })
      const stored = yield* context.stored(secret)
      const fleet = yield* orMissing("list of processes", { now: 0, instances: [] }, context.list)
      const sessions = yield* orMissing("server", [], context.sessionsOf(kind))
      const slots = yield* orMissing("list of processes", { current: "?" }, context.fingerprints(stored.slots))
      const blocks: ReadonlyArray<Blocker> = isOpen(rotation) && missing.length === 0
        ? yield* orMissing("list of processes", [], steps.blocks(rotation, nextOf(rotation), false))
        : []
      const entries = rotation === undefined ? [] : yield* journal.entries(rotation.id)
      const found = statusOf({ secret, kind, rotation, steps: entries, blocks, slots, fleet, sessions, missing })
      yield* stateSeen(secret, found.state)
      return found
    })

    const stepped = (secret: string, step: RotationStep, passed: ReadonlyArray<Blocker>) =>
      Effect.map(status(secret), (found) => ({ ...found, passed, may_break: mayBreak(step, passed) }))

    return RotationController.of({
      status,
      list: Effect.gen(function*() {
        const { values } = yield* context.read
        return yield* Effect.forEach(context.rotatable(values), status)
      }).pipe(Effect.withSpan("Rotator.list")),
      start: Effect.fn("Rotator.start")(function*(secret, author, { auto }) {
        // Whoever has just ended the rotation before may be at work for a moment yet.
        const record = yield* steps.start(secret, author).pipe(
          Effect.retry({
            schedule: Schedule.spaced(pollMs).pipe(Schedule.upTo({ times: 8 })),
            while: (error) => error._tag === "RotationTaken"
          }),
          Effect.catchTag(
            "RotationIsOpen",
            () => Effect.fail(new RotationTaken({ detail: `A rotation of ${secret} is open already.` }))
          )
        )
        if (auto) yield* drive(record, author)
        return yield* stepped(secret, "stage", [])
      }),
      step: Effect.fn("Rotator.step")(function*(secret, step, author, options) {
        yield* context.kind(secret)
        const { passed } = yield* doStepWhenFree(secret, onlyIfNext(step), author, options).pipe(
          Effect.tapError((error) => error._tag === "RotationBlocked" ? stepCounted(step, "blocked") : Effect.void)
        )
        return yield* stepped(secret, step, passed)
      }),
      rollback: Effect.fn("Rotator.rollback")(function*(secret, author, options) {
        yield* context.kind(secret)
        const { passed, record, step } = yield* doStepWhenFree(secret, steps.backwards, author, options)
        if (record.closedAt === null) yield* drive(record, author)
        return yield* stepped(secret, step, passed)
      }),
      resume: Effect.fn("Rotator.resume")(function*(secret, author) {
        yield* context.kind(secret)
        const record = yield* steps.openRotation(secret)
        yield* notDrivenElsewhere(record)
        yield* drive(record, author)
        return yield* stepped(secret, "stage", [])
      })
    })
  })
)

const onlyIfNext =
  (step: RotationStep) => (record: RotationRecord): Effect.Effect<RotationStep, RotationWrongState> => {
    const { pending, secret, state } = record
    const expected = nextOf(record)
    if (step === expected) return Effect.succeed(step)
    const detail = pending === null
      ? `${secret} is ${state}: next comes ${expected}, not ${step}.`
      : `${pending} of ${secret} was begun and is not known to be done: do it again, resume or roll back.`
    return Effect.fail(new RotationWrongState({ state, expected: [expected], detail }))
  }
