import { Clock, Effect } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { Blocker, RotationRecord } from "../../../src/domain/Rotation.ts"
import { type RotationError, RotationTaken } from "../../../src/domain/RotationError.ts"
import { goesOn, nextOf } from "../../../src/logic/rotationPlan.ts"
import { stepCounted } from "./metrics.ts"
import { detailOf, pollMs, type RotationSteps } from "./rotationSteps.ts"

/** How long a rotation may stand still before its driver gives up. */
const giveUpMs = 60_000
/** How often a driver says that it lives, and after what silence it is taken for dead. */
const heartbeatMs = 1_000
const driverLostMs = 10_000
/** Characters of a reason for giving up that the journal keeps. */
const longestReason = 2_000

const retireByHand = "It waits for a person to retire the old key, when every caller has the new one."

/** Takes rotations to their end by itself, one fiber each, and says in the journal that this process does. */
export const makeRotationDriver = Effect.fnUntraced(function*({ doStep, journal }: RotationSteps) {
  const { instance } = yield* Environment
  const scope = yield* Effect.scope
  const driven = new Set<number>()

  const noteDriver = (id: number) =>
    journal.driven(id, instance, null).pipe(
      droppedAt("rotation.driven", "Who goes on with a rotation could not be noted.")
    )

  const run = ({ id, secret }: RotationRecord, author: ChangeAuthor) =>
    Effect.gen(function*() {
      let [movedAt, notedAt] = [yield* Clock.currentTimeMillis, 0]
      while (true) {
        const now = yield* Clock.currentTimeMillis
        const found = yield* Effect.result(journal.find(secret))
        const record = found._tag === "Success" ? found.success : undefined
        if (found._tag === "Success" && (record?.id !== id || record.closedAt !== null)) return
        if (record === undefined) {
          // PostgreSQL may be away for as long as a step is waited for.
          if (now - movedAt >= giveUpMs) return yield* new RotationTaken({ detail: "The journal is away." })
          yield* Effect.sleep(pollMs)
          continue
        }
        if (record.pending === null && !goesOn(record.kind, record.state)) {
          return yield* journal.driven(id, null, retireByHand)
        }
        if (now - notedAt >= heartbeatMs) {
          yield* noteDriver(id)
          notedAt = now
        }
        const result = yield* Effect.result(doStep(secret, nextStepOf(id), author, false))
        if (result._tag === "Success") {
          movedAt = yield* Clock.currentTimeMillis
          continue
        }
        if ((yield* Clock.currentTimeMillis) - movedAt >= giveUpMs) {
          const why = yield* whyStopped(result.failure)
          yield* Effect.logWarning("A rotation does not go on.").pipe(Effect.annotateLogs({ why }))
          return yield* journal.driven(id, null, why.slice(0, longestReason))
        }
        yield* Effect.sleep(pollMs)
      }
    }).pipe(
      Effect.ensuring(Effect.sync(() => driven.delete(id))),
      droppedAt("rotation.drive", "A rotation that went on by itself has stopped; it can be resumed."),
      Effect.annotateLogs({ secret })
    )

  return {
    /** Begins to drive a rotation, unless this process does so already. */
    drive: Effect.fnUntraced(function*(record: RotationRecord, author: ChangeAuthor) {
      if (driven.has(record.id)) return
      driven.add(record.id)
      yield* noteDriver(record.id)
      yield* Effect.forkIn(run(record, author), scope)
    }),
    /** Fails while another process drives it. */
    notDrivenElsewhere: Effect.fnUntraced(function*({ driver, secret }: RotationRecord) {
      if (driver !== null && driver.instance !== instance && driver.ageMs < driverLostMs) {
        return yield* new RotationTaken({ detail: `${driver.instance} goes on with ${secret} by itself.` })
      }
    })
  }
})

/** The next step of this rotation, and of no other. */
const nextStepOf = (id: number) => (record: RotationRecord) =>
  record.id === id
    ? Effect.succeed(nextOf(record))
    : Effect.fail(new RotationTaken({ detail: "Another rotation is open." }))

const whyStopped = Effect.fnUntraced(function*(error: RotationError) {
  if (error._tag !== "RotationBlocked") return detailOf(error)
  yield* stepCounted(error.step, "blocked")
  return `${error.step} is blocked: ${error.blocks.map(blockerText).join(" ")}`
})

const blockerText = ({ detail, who }: Blocker): string => who === "" ? detail : `${who}: ${detail}`
