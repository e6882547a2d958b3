import { readFileSync } from "node:fs"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** What the last run left, and what a file is taken for that it did not have. */
const report = ".mutt/test-results.json"
const unknownSeconds = { whole: 20, parts: 3 }

/** Files that take far longer than others, in seconds, for a clone where nothing was run yet. */
const longFiles: Readonly<Record<string, number>> = {
  "acceptance/console/limits": 95,
  "acceptance/start": 76,
  "acceptance/console/eventsAndAlerts": 71,
  "acceptance/rotation/runbook": 67,
  "acceptance/console/rules": 48,
  "acceptance/rotation/rotation": 48,
  "acceptance/conservation/conservation": 45,
  "acceptance/console/firstLook": 43,
  "acceptance/console/changeSettings": 42,
  "acceptance/runtimes": 41,
  "acceptance/config/config": 41,
  "layers/postgres/PostgresNewest": 31,
  "layers/postgres/PostgresOldest": 31,
  "services/web-ui/rotation": 27,
  "layers/vault/VaultNode": 25
}

interface Report {
  readonly testResults: ReadonlyArray<{ readonly name: string; readonly startTime: number; readonly endTime: number }>
}

/** Seconds that each file took in the last run; none on a fresh clone. */
const lastSeconds = (): ReadonlyMap<string, number> => {
  try {
    const { testResults }: Report = JSON.parse(readFileSync(report, "utf8"))
    return new Map(testResults.map(({ endTime, name, startTime }) => [name, (endTime - startTime) / 1_000]))
  } catch {
    return new Map()
  }
}

/**
 * The longest come first, so that none is left over at the end. Whole programs keep the processors busy and parts
 * mostly wait for a server, so both take turns, each for about as long as the other.
 */
export class LongestByTurns extends BaseSequencer {
  override async sort(files: Array<TestSpecification>) {
    const seconds = lastSeconds()
    const cost = ({ moduleId, project }: TestSpecification) =>
      seconds.get(moduleId)
        ?? longFiles[moduleId.slice(`${process.cwd()}/test/`.length, -".test.ts".length)]
        ?? (project.name === "whole" ? unknownSeconds.whole : unknownSeconds.parts)
    const longest = files.toSorted((a, b) => cost(b) - cost(a))
    const [programs, parts] = ["whole", "parts"].map((name) => longest.filter(({ project }) => project.name === name))
    const turns: Array<TestSpecification> = []
    let ahead = 0
    while (turns.length < files.length) {
      const next = (ahead > 0 ? parts?.shift() : programs?.shift()) ?? programs?.shift() ?? parts?.shift()
      if (next === undefined) break
      turns.push(next)
      ahead += next.project.name === "whole" ? cost(next) : -cost(next)
    }
    return turns
  }
}
