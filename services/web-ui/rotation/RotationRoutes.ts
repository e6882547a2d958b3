import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Unavailable } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import * as Wire from "../../../src/api/web-ui/Rotation.ts"
import type { ChangeOutcome } from "../../../src/domain/Change.ts"
import type { RotationStep } from "../../../src/domain/Rotation.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { unavailable } from "../http/unavailable.ts"
import {
  RotationController,
  type RotationFailure,
  type RotationUnseen,
  type RotationView,
  type Stepped
} from "./RotationController.ts"

/** How long a step waits for what blocks it, unless the caller says. */
const waitMs = 10_000

interface Command {
  readonly params: { readonly secret: string }
  readonly payload: { readonly reason?: string; readonly force?: boolean; readonly wait?: number }
}

export const RotationHandlers = HttpApiBuilder.group(
  WebUiApi,
  "rotation",
  Effect.fn(function*(handlers) {
    const controller = yield* RotationController

    const options = ({ payload }: Command) =>
      payload.force === true && payload.reason === undefined
        ? Effect.fail(new Wire.ReasonMissing({ detail: "Force needs a reason, which is kept in the audit." }))
        : Effect.succeed({ force: payload.force === true, waitMs: payload.wait ?? waitMs })

    const step = (name: RotationStep) =>
      Effect.fnUntraced(function*(command: Command) {
        const how = yield* options(command)
        const author = yield* changeAuthor(command.payload)
        return steppedItem(yield* answered(controller.step(command.params.secret, name, author, how)))
      })

    return handlers.handleAll({
      list: () => Effect.map(seen(controller.list), (views) => ({ secrets: views.map(item) })),
      status: ({ params }) => Effect.map(seen(controller.view(params.secret)), item),
      start: Effect.fnUntraced(function*({ params, payload }) {
        const author = yield* changeAuthor(payload)
        return steppedItem(yield* answered(controller.start(params.secret, author, { auto: payload.auto === true })))
      }),
      apply: step("apply"),
      verify: step("verify"),
      promote: step("promote"),
      drain: step("drain"),
      retire: step("retire"),
      rollback: Effect.fnUntraced(function*(command) {
        const how = yield* options(command)
        const author = yield* changeAuthor(command.payload)
        return steppedItem(yield* answered(controller.rollback(command.params.secret, author, how)))
      }),
      resume: Effect.fnUntraced(function*({ params, payload }) {
        const author = yield* changeAuthor(payload)
        return steppedItem(yield* answered(controller.resume(params.secret, author)))
      })
    })
  })
)

/** What a rotation refuses, as the API answers it. A step that could not be ended may have been begun. */
const answered = <A>(effect: Effect.Effect<A, RotationFailure>) => Effect.catch(effect, refused)
const seen = <A>(effect: Effect.Effect<A, RotationUnseen>) =>
  Effect.catch(effect, (error) => unseen(error, "unchanged"))

const unseen = (
  error: RotationUnseen,
  outcome: ChangeOutcome
): Effect.Effect<never, Unavailable | Wire.SecretUnknown | Wire.RotationConfused | Wire.SecretStoreReadOnly> => {
  switch (error._tag) {
    case "RotationUnavailable":
      return unavailable(error.needs)({ ...error, outcome })
    case "RotationSecretUnknown": {
      const { nearest, secret } = error
      return Effect.fail(
        new Wire.SecretUnknown({ detail: `There is no secret ${secret} that can be rotated.`, nearest })
      )
    }
    case "RotationConfused":
      return Effect.fail(new Wire.RotationConfused({ detail: error.detail }))
    case "SecretStoreReadOnly":
      return Effect.fail(new Wire.SecretStoreReadOnly({ detail: error.detail }))
  }
}

type Refused =
  | Effect.Error<ReturnType<typeof unseen>>
  | Wire.RotationWrongState
  | Wire.RotationTaken
  | Wire.RotationBlocked

const refused = (error: RotationFailure): Effect.Effect<never, Refused> => {
  switch (error._tag) {
    case "RotationWrongState": {
      const { detail, expected, state } = error
      return Effect.fail(new Wire.RotationWrongState({ detail, state, expected }))
    }
    case "RotationTaken":
      return Effect.fail(new Wire.RotationTaken({ detail: error.detail }))
    case "RotationIsOpen":
      return Effect.fail(new Wire.RotationTaken({ detail: `A rotation of ${error.secret} is open already.` }))
    case "RotationBlocked": {
      const { blocks, secret, step } = error
      const why = blocks.map(({ detail, who }) => `${who} ${detail}`.trim()).join(" ")
      return Effect.fail(new Wire.RotationBlocked({ detail: `${step} of ${secret} is blocked. ${why}`, step, blocks }))
    }
    default:
      return unseen(error, "unknown")
  }
}

const item = (view: RotationView): Wire.RotationStatus => {
  const { rotation } = view
  return {
    secret: view.secret,
    kind: view.kind,
    state: view.state,
    direction: rotation?.direction ?? "forward",
    id: rotation?.id ?? null,
    opened_by: rotation?.openedBy ?? null,
    opened_at: rotation?.openedAt ?? null,
    reason: rotation?.reason ?? null,
    since: rotation?.changedAt ?? null,
    closed_at: rotation?.closedAt ?? null,
    outcome: rotation?.outcome ?? null,
    pending: rotation?.pending ?? null,
    next_step: view.next?.step ?? null,
    blocks: view.next?.blocks ?? [],
    driver: rotation?.driver === null || rotation?.driver === undefined || rotation.closedAt !== null
      ? null
      : { instance: rotation.driver.instance, seen_ms: rotation.driver.ageMs },
    stopped: rotation?.stopped ?? null,
    slots: view.slots,
    instances: instancesOf(view),
    steps: view.entries,
    missing: view.missing
  }
}

const instancesOf = ({ instances, now, secret, sessions }: RotationView): Wire.RotationStatus["instances"] =>
  instances.map((one) => {
    const holding = Object.hasOwn(one.holdings, secret) ? one.holdings[secret] : undefined
    const listed: Record<string, number> = {}
    for (const { generation, instance, program } of sessions) {
      if (program === one.program && instance === one.instance) listed[generation] = (listed[generation] ?? 0) + 1
    }
    return {
      program: one.program,
      instance: one.instance,
      seen_ms: Math.max(0, now - one.seen),
      stale: one.stale,
      generation: holding?.generation ?? null,
      slots: { ...holding?.slots },
      connections: holding?.connections ?? null,
      sessions: listed,
      proof: holding?.proof === undefined ? null : { ok: holding.proof.ok, detail: holding.proof.detail }
    }
  })

const steppedItem = ({ mayBreak, passed, view }: Stepped): Wire.RotationStepped => ({
  ...item(view),
  passed,
  may_break: mayBreak
})
