import { readFileSync } from "node:fs"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** What the last run left, and what a file is taken for that it did not have. */
const report = ".mutt/test-results.json"
const unknownSeconds = { whole: 30, parts: 3 }

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
      seconds.get(moduleId) ?? (project.name === "whole" ? unknownSeconds.whole : unknownSeconds.parts)
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
