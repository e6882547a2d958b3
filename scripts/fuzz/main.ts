import { readOptions } from "../command-line/Script.ts"
import { save } from "./corpus.ts"
import { options } from "./options.ts"
import { fuzz, type Report } from "./run.ts"
import { targets } from "./targets.ts"

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const { inputs, json, target: named = ["all"], ...given } = await readOptions(options)
const chosen = targets.filter(({ name }) => named.includes("all") || named.includes(name))
const seed = given.seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
const seconds = inputs === undefined ? (given.seconds ?? 60) / chosen.length : undefined

/** Megabytes that the heap may have grown in a run: what is kept for ever grows with the number of inputs. */
const mostGrowth = 96
const heap = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1_048_576
}

const sayReport = (report: Report): void => {
  const speed = Math.round(report.inputs / report.seconds)
  say(
    `${report.target.padEnd(14)} ${String(report.inputs).padStart(9)} inputs ${
      (report.bytes / 1_048_576).toFixed(0).padStart(6)
    } MiB ${report.seconds.toFixed(0).padStart(5)} s ${String(speed).padStart(7)}/s  longest step ${
      report.worstMs.toFixed(1)
    } ms  ${report.found.length} found`
  )
}

const before = heap()
const reports: Array<Report> = []
if (!json) say(`Seed ${seed}`)
for (const target of chosen) {
  const report = await fuzz(target, { seed, inputs, seconds })
  reports.push(report)
  if (!json) sayReport(report)
  for (const found of report.found) {
    const name = save(found)
    if (!json) say(`  ${found.problem}\n  seed ${found.seed}, kept as test/src/decode/corpus/${name}`)
  }
}
const growth = heap() - before
const grew = growth > mostGrowth
if (json) {
  const faults = reports.map((report) => ({
    ...report,
    found: report.found.map(({ problem, seed }) => ({ problem, seed }))
  }))
  say(JSON.stringify({ seed, growth, reports: faults }))
} else if (grew) say(`The heap grew by ${growth.toFixed(0)} MiB.`)
if (grew || reports.some(({ found }) => found.length > 0)) process.exitCode = 1
