import { Effect, Result, type Schema } from "effect"
import type { SettingState } from "../../../layers/config/ConfigStore.ts"
import { Invalid } from "../../../src/api/shared/Problems.ts"
import { isSettingKey, settingProblem, settingValues } from "../../../src/domain/Settings.ts"
import { settingsAfter } from "../../../src/logic/settingsAfter.ts"

/** Refuses a set of changes with every problem at once, each under its setting. */
export const changeProblems = (
  state: ReadonlyArray<SettingState>,
  wanted: ReadonlyMap<string, Schema.Json | undefined>
) => {
  const errors = [...wanted].flatMap(([key, value]) => {
    const message = value !== undefined && isSettingKey(key) ? settingProblem(key, value) : undefined
    return message === undefined ? [] : [{ field: key, message }]
  })
  if (errors.length > 0) return Effect.fail(new Invalid({ detail: "Some values are out of their range.", errors }))
  const set = new Map(state.filter(({ isSet }) => isSet).map(({ key, value }) => [key, value]))
  const whole = settingValues(settingsAfter(set, wanted))
  return Result.isSuccess(whole)
    ? Effect.void
    : Effect.fail(
      new Invalid({
        detail: whole.failure.join(" "),
        errors: whole.failure.map((message) => ({ field: "config", message }))
      })
    )
}
