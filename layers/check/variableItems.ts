import { bad, type ConfigCheckOptions, type ConfigFinding, good } from "../../src/domain/ConfigFinding.ts"
import { commandVariables, staticSettings } from "../../src/domain/StaticSettings.ts"
import { unknownVariables } from "../../src/logic/unknownVariables.ts"
import { baseName, callerOf, fixedNames } from "../secret/names.ts"

const item = "variables"
const settings = [...staticSettings, ...fixedNames]
const known: ReadonlySet<string> = new Set([...settings, ...commandVariables])

const isKnown = (name: string) => known.has(name) || known.has(baseName(name)) || callerOf(baseName(name)) !== undefined

/** What was meant for MUTT and is read by no program: a word was written wrong, and its default is in force. */
export const variableItems = (
  { fromFile, variables }: Pick<ConfigCheckOptions, "fromFile" | "variables">
): ReadonlyArray<ConfigFinding> => {
  const unknown = unknownVariables(variables, new Set(fromFile), settings, isKnown)
  return unknown.length === 0 ?
    [good(item, "there is none that no program reads")] :
    unknown.map(({ meant, name }) =>
      bad(
        item,
        `${name} is read by no program${meant === undefined ? "" : `; did you mean ${meant}?`}`,
        meant === undefined
          ? `take ${name} away: docs/CONFIGURATION.md has every name`
          : `call it ${meant}, or take it away`
      )
    )
}
