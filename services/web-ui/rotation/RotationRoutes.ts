import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { ReasonMissing } from "../../../src/api/web-ui/Rotation.ts"
import type { ChangeOutcome } from "../../../src/domain/Change.ts"
import type { RotationStep } from "../../../src/domain/Rotation.ts"
import { RotationUnavailable } from "../../../src/domain/RotationError.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { unavailable } from "../http/unavailable.ts"
import { RotationController } from "./RotationController.ts"

/** How long a step waits for what blocks it, unless the caller says. */
const defaultWaitMs = 10_000

interface Command {
  readonly params: { readonly secret: string }
  readonly payload: { readonly reason?: string; readonly force?: boolean; readonly wait?: number }
}

export const RotationHandlers = HttpApiBuilder.group(
  WebUiApi,
  "rotation",
  Effect.fn(function*(handlers) {
    const controller = yield* RotationController

    const options = ({ payload: { force = false, reason, wait: waitMs = defaultWaitMs } }: Command) =>
      force && reason === undefined
        ? Effect.fail(new ReasonMissing({ detail: "Force needs a reason, which is kept in the audit." }))
        : Effect.succeed({ force, waitMs })

    const step = (name: RotationStep) =>
      Effect.fnUntraced(function*(command: Command) {
        const how = yield* options(command)
        return yield* controller.step(command.params.secret, name, yield* changeAuthor(command.payload), how)
      }, unavailableAs("unknown"))

    return handlers.handleAll({
      list: () => Effect.map(unavailableAs("unchanged")(controller.list), (secrets) => ({ secrets })),
      status: ({ params }) => unavailableAs("unchanged")(controller.status(params.secret)),
      start: Effect.fnUntraced(function*({ params, payload }) {
        return yield* controller.start(params.secret, yield* changeAuthor(payload), { auto: payload.auto === true })
      }, unavailableAs("unknown")),
      apply: step("apply"),
      verify: step("verify"),
      promote: step("promote"),
      drain: step("drain"),
      retire: step("retire"),
      rollback: Effect.fnUntraced(function*(command) {
        const how = yield* options(command)
        return yield* controller.rollback(command.params.secret, yield* changeAuthor(command.payload), how)
      }, unavailableAs("unknown")),
      resume: Effect.fnUntraced(function*({ params, payload }) {
        return yield* controller.resume(params.secret, yield* changeAuthor(payload))
      }, unavailableAs("unknown"))
    })
  })
)

/** Says that something does not answer. All other errors are answers as they are. */
const unavailableAs = (outcome: ChangeOutcome) => <A, E, R>(effect: Effect.Effect<A, E | RotationUnavailable, R>) =>
  Effect.catchIf(
    effect,
    (error) => error instanceof RotationUnavailable,
    (error) => unavailable(error.needs)({ ...error, outcome })
  )
