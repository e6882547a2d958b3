import { defineConfig } from "vitest/config"

const ci = process.env["CI"] !== undefined && process.env["CI"] !== ""

/** Whole programs with their servers fill a small machine: one such file at a time, after all the others. */
const whole = ["test/acceptance/**/*.test.ts"]

export default defineConfig({
  test: {
    reporters: ci ? ["default", "json"] : ["default"],
    outputFile: { json: ".mutt/test-results.json" },
    projects: [
      {
        test: {
          name: "parts",
          include: ["test/**/*.test.ts"],
          exclude: whole,
          pool: "forks",
          testTimeout: 30_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 }
        }
      },
      {
        test: {
          name: "whole",
          include: whole,
          pool: "forks",
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 }
        }
      }
    ]
  }
})
