import { join } from "node:path"
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"
import { toolsOnPath } from "./scripts/stack/Paths.ts"
import { MachineReporter } from "./test/support/MachineReporter.ts"

const ci = process.env["CI"] !== undefined && process.env["CI"] !== ""

/** Whole programs with their servers: they may take minutes. */
const whole = ["test/acceptance/**/*.test.ts"]

/** Seconds that the longest files take, roughly, by a part of their paths. */
const costs: ReadonlyArray<readonly [part: string, seconds: number]> = [
  ["/conservation.test", 100],
  ["/rotation/runbook", 65],
  ["/acceptance/bootstrap", 60],
  ["/acceptance/rotation/rotation", 55],
  ["/settings/settings", 50],
  ["/rotation/kills", 35],
  ["/acceptance/start", 35],
  ["/acceptance/api", 30],
  ["/moog-forwarder/main", 30],
  ["/postgres/Postgres1", 30],
  ["/redis/RedisIo", 25],
  ["/scripts/mutt.test", 25],
  ["/vault/VaultNode", 20],
  ["/web-ui/rotation", 20],
  ["/acceptance/", 20],
  ["/redis/", 8],
  ["/queue/", 8],
  ["/src/", 1]
]
const cost = ({ moduleId }: TestSpecification) => costs.find(([part]) => moduleId.includes(part))?.[1] ?? 3

/**
 * The longest come first, so that none is left over at the end. Whole programs keep the processors busy and parts mostly wait for a server,
 * so both take turns, each for about as long as the other.
 */
class LongestByTurns extends BaseSequencer {
  override async sort(files: Array<TestSpecification>) {
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

/** One more than the smallest machine has processors, as tests wait for servers; with many more, what a server is granted to answer in runs out. */
const maxWorkers = 3

/** Ends what hangs. Nothing that works comes near it, also on a machine that is busy with other things. */
const patienceMs = 600_000

const env = {
  // What Node has compiled is kept, here as for the programs.
  NODE_COMPILE_CACHE: join(import.meta.dirname, ".mutt/cache/node"),
  PATH: `${process.env["PATH"] ?? ""}:${toolsOnPath}`
}

export default defineConfig({
  test: {
    reporters: ["default", ...(ci ? ["json"] : []), new MachineReporter(ci)],
    outputFile: { json: ".mutt/test-results.json" },
    sequence: { sequencer: LongestByTurns },
    projects: [
      {
        test: {
          name: "parts",
          include: ["test/**/*.test.ts"],
          exclude: whole,
          pool: "forks",
          // Loading the libraries takes longer than most of these files, so files share a process.
          isolate: false,
          maxWorkers,
          env,
          testTimeout: patienceMs,
          hookTimeout: patienceMs
        }
      },
      {
        test: {
          name: "whole",
          include: whole,
          pool: "forks",
          maxWorkers,
          env,
          testTimeout: patienceMs,
          hookTimeout: patienceMs
        }
      }
    ]
  }
})
