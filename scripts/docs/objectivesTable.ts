import { objectiveDays, objectives } from "../../src/domain/Objective.ts"
import { markdownTable } from "./generated.ts"

/** What is promised in shares, and how much of 30 days may be bad. */
export const objectivesTable = (): string =>
  markdownTable(
    ["objective", "good", "wanted", `may be bad in ${objectiveDays} days`],
    objectives.map(({ good, name, target }) => [
      `\`${name}\``,
      good,
      `${target * 100} %`,
      `${Number(((1 - target) * 100).toPrecision(3))} %, ${
        Math.round((1 - target) * objectiveDays * 1_440)
      } minutes' worth`
    ])
  )
