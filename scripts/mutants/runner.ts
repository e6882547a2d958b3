import { resolve } from "node:path"
import { createVitest } from "vitest/node"
import type { Tests } from "./selection.ts"

/** Runs tests in the folder it stands in, again and again: starting anew costs three times as much as most of them. */
export interface Order {
  readonly tests: Tests
  /** The file that was written since the last run. */
  readonly changed: string | undefined
}

export interface Told {
  /** How many tests passed. */
  readonly passed: number
  /** What failed; empty when nothing did. */
  readonly failures: string
}

const vitest = await createVitest("test", { watch: false, bail: 1, reporters: [{}] })

const run = async ({ changed, tests }: Order): Promise<Told> => {
  if (changed !== undefined) vitest.invalidateFile(resolve(changed))
  if (tests.without === undefined) vitest.resetGlobalTestNamePattern()
  else vitest.setGlobalTestNamePattern(new RegExp(`^(?!.*(?:${tests.without}))`))
  const specifications = await vitest.globTestSpecifications([...tests.files])
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications, true)
  // It tells of the runs before, too.
  const ran = new Set(specifications.map(({ moduleId }) => moduleId))
  const modules = testModules.filter(({ moduleId }) => ran.has(moduleId))
  const failures = modules.flatMap((module) => [
    ...(module.ok() ? [] : [module.moduleId]),
    ...module.errors().map(({ message }) => message),
    ...Array.from(module.children.allTests("failed"), (test) => test.fullName)
  ])
  return {
    passed: modules.reduce((sum, module) => sum + Array.from(module.children.allTests("passed")).length, 0),
    failures: [...failures, ...unhandledErrors.map(String)].join("\n")
  }
}

process.on("message", (order: Order) => void run(order).then((told) => process.send?.(told)))
process.on("disconnect", () => process.exit(0))
