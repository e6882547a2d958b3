import { Effect, Result, type Schema } from "effect"
import type { ChangeFailure, SettingState, VersionStale, VersionUnknown } from "../../../layers/config/ConfigStore.ts"
import { unavailableAs } from "../../../layers/http/problem.ts"
import { Invalid } from "../../../src/api/shared/Problems.ts"
import * as Problem from "../../../src/api/web-ui/Settings.ts"
import { isSettingKey, settingProblem, settingsAfter, settingValues } from "../../../src/domain/Settings.ts"

/** What the ledger refuses, as the API answers it. */
export const answered = <A>(change: Effect.Effect<A, ChangeFailure>) => Effect.mapError(change, problemOf)

export const versionUnknown = (error: VersionUnknown) =>
  new Problem.VersionUnknown({ detail: `There is no version ${error.version}.` })

export const problemOf = (error: ChangeFailure) => {
  switch (error._tag) {
    case "SettingUnknown":
      return new Problem.SettingUnknown({ detail: `There is no setting ${error.key}.`, nearest: error.nearest })
    case "SettingRefused":
      return new Invalid({ detail: error.detail, errors: [{ field: error.key, message: error.detail }] })
    case "VersionStale":
      return versionStale(error)
    case "LedgerUnavailable":
      return unavailableAs("settings", error.outcome)
  }
}

export const versionStale = (error: VersionStale) =>
  new Problem.VersionStale({
    detail: `It is at version ${error.actual} now; ${sawWords(error)}`,
    version: error.actual
  })

const sawWords = ({ actual, expected }: VersionStale): string => {
  if (expected < 0) return "the If-Match is no version of it."
  return expected >= actual ? "what you saw was before it was restored." : `you saw ${expected}.`
}

/** Everything that is wrong with a set of changes, each under its setting, before any of it is tried. */
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
