import { join } from "node:path"
import { defineConfig } from "vitest/config"
import { toolsOnPath } from "./scripts/stack/Paths.ts"
import { LongestByTurns } from "./test/support/LongestByTurns.ts"
import { MachineReporter } from "./test/support/MachineReporter.ts"

const ci = process.env["CI"] !== undefined && process.env["CI"] !== ""

/** Whole programs with their servers: they may take minutes. */
const whole = ["test/acceptance/**/*.test.ts"]

/**
 * One more than the smallest machine has processors, as tests wait for servers. With another one a run is a tenth shorter,
 * and what a server is granted to answer in begins to run out.
 */
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
    reporters: ["default", "json", new MachineReporter(ci)],
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
