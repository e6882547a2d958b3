import { Effect } from "effect"
import { request } from "node:http"
import { atMost, type Bench, memoryTargets } from "./Bench.ts"
import type { Harness, Running } from "./Harness.ts"
import { benchRules, storeRules } from "./rules.ts"
import { takeTurns } from "./turns.ts"
import { limitOf, peakMemoryMb, withUsage } from "./usage.ts"

const hostileRule = {
  matchType: "regex",
  matchString: "(a+)+$",
  trapOid: null,
  prodHandling: "Log_only",
  priority: 1
} as const

const record = (message: string) => JSON.stringify({ hostname: "core1", timestamp: new Date().toISOString(), message })

const messages = {
  /** What makes a backtracking engine try every way to split the letters. */
  hostile: `${"a".repeat(50_000)}!`,
  /** As long, and no rule but the last ones looks at it. */
  harmless: "-".repeat(50_000)
}

const roundTrip = (options: object): Promise<number> => {
  const from = performance.now()
  return new Promise((resolve, reject) => {
    request(
      { host: "127.0.0.1", ...options },
      (response) => response.resume().on("end", () => resolve(performance.now() - from))
    ).on("error", reject).end()
  })
}

/** Asks for a page that costs nothing, again and again: the longest answer shows how long the program was deaf. */
const longestAnswer = (alerter: Running, until: () => boolean) =>
  Effect.promise(async () => {
    let longest = 0
    while (!until()) {
      longest = Math.max(longest, await roundTrip({ port: alerter.port, path: "/healthz" }))
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    return longest
  })

const post = (harness: Harness, ingestor: Running, message: string, count: number) =>
  Effect.promise(() =>
    fetch(`http://127.0.0.1:${ingestor.port}/api/v2/ingest`, {
      method: "POST",
      headers: { "x-api-key": harness.keys.ingest, "content-type": "application/x-ndjson" },
      body: Array.from({ length: count }, () => record(message)).join("\n")
    })
  )

/** Each second one such message alone, and then 20 of them in one batch. */
const stall = (harness: Harness, ingestor: Running, alerter: Running, message: string) =>
  Effect.gen(function*() {
    const measure = (count: number) =>
      Effect.gen(function*() {
        let over = false
        const send = Effect.gen(function*() {
          yield* Effect.sleep("200 millis")
          yield* post(harness, ingestor, message, count)
          yield* Effect.sleep("1500 millis")
          over = true
        })
        const [longest] = yield* Effect.all([longestAnswer(alerter, () => over), send], { concurrency: 2 })
        return longest
      })
    return { alone: yield* measure(1), together: yield* measure(20) }
  })

export const hostileRegex: Bench = {
  name: "hostile-regex",
  title: "Longest stall of the alerter under a rule (a+)+$ and messages of 50 KB, with 999 other rules",
  baseline: "messages as long that the rule has no trouble with",
  run: Effect.fnUntraced(function*(harness, flow) {
    yield* harness.sql(storeRules([...benchRules(999), hostileRule]))
    const alerter = yield* harness.program("alerter")
    const ingestor = yield* harness.program("ingestor")
    yield* stall(harness, ingestor, alerter, messages.harmless)
    const pids = { alerter: alerter.pid, ingestor: ingestor.pid }
    const turns = yield* takeTurns(flow, "hostile-regex", {
      ours: withUsage(pids, stall(harness, ingestor, alerter, messages.hostile)),
      bare: withUsage(pids, stall(harness, ingestor, alerter, messages.harmless))
    }, ([{ alone, together }]) => `${alone.toFixed(1)} ms for one message, ${together.toFixed(1)} ms for 20 at once`)
    const memoryMb = { alerter: peakMemoryMb(alerter.pid) }
    const figure = (what: string, of: (stall: { readonly alone: number; readonly together: number }) => number) => ({
      what,
      unit: "ms",
      ours: turns.ours.map(([stall]) => of(stall)),
      baseline: turns.bare.map(([stall]) => of(stall))
    })
    const alone = figure("one message", ({ alone }) => alone)
    const together = figure("20 messages at once", ({ together }) => together)
    return {
      figures: [alone, together],
      targets: [
        atMost("ms for one message", Math.max(...alone.ours), 50),
        atMost("ms for 20 messages at once", Math.max(...together.ours), 50),
        ...memoryTargets(memoryMb)
      ],
      memoryMb,
      limitedBy: limitOf(turns.ours.at(-1)?.[1] ?? {})
    }
  })
}
