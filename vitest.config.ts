import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

const ci = process.env["CI"] !== undefined && process.env["CI"] !== ""

/** Pure functions: their files may share a process, which spares each the loading of the libraries. */
const pure = ["test/src/**/*.test.ts"]

/** Whole programs with their servers: they may take minutes, and the longest come first so that none is left over at the end. */
const whole = ["test/acceptance/**/*.test.ts"]
const longest = ["/conservation.test", "/acceptance/bootstrap", "/acceptance/", "/layers/", "/services/", ""]

class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>) {
    const rank = ({ moduleId }: TestSpecification) => longest.findIndex((part) => moduleId.includes(part))
    return files.sort((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    reporters: ci ? ["default", "json"] : ["default"],
    outputFile: { json: ".mutt/test-results.json" },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "words",
          include: pure,
          pool: "forks",
          isolate: false,
          maxWorkers: 2,
          testTimeout: 30_000
        }
      },
      {
        test: {
          name: "parts",
          include: ["test/**/*.test.ts"],
          exclude: [...pure, ...whole],
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000
        }
      },
      {
        test: {
          name: "whole",
          include: whole,
          pool: "forks",
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 300_000
        }
      }
    ]
  }
})
