import { Effect, Schedule } from "effect"
import type { Proof } from "../Proof.ts"
import { type Collector, makeCollector, type Way } from "./Collector.ts"
import { load } from "./load.ts"
import { exemplarsIn, readPages, sumOf } from "./pages.ts"
import { makeTelemetryStack, measured, type TelemetryStack } from "./TelemetryStack.ts"

export interface Pace {
  /** Of load, for each of both. */
  readonly seconds: number
  readonly rounds: number
}

/** The least part of the throughput without telemetry, by the part of the arrivals that is told. */
const leastShare = (ratio: number) => ratio < 0.01 ? 0.97 : 0.7
/** What telemetry may take, in MB. When all is told, each event of the batches under way has a span, too. */
const mostMemoryMb = (ratio: number) => ratio < 0.01 ? 20 : 50

const median = (values: ReadonlyArray<number>) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Gives both their turns, the one that begins changing with the round, so that what drifts touches both alike. */
const takeTurns = Effect.fnUntraced(function*(off: TelemetryStack, on: TelemetryStack, { rounds, seconds }: Pace) {
  const problems: Array<string> = []
  const turns: Array<{ readonly off: number; readonly on: number }> = []
  const turn = Effect.fnUntraced(function*(stack: TelemetryStack, name: string, forSeconds: number) {
    const { perSecond, refused, settled } = yield* load(stack, forSeconds)
    if (refused > 0) problems.push(`${name}: ${refused} requests were not answered 2xx`)
    if (!settled) problems.push(`${name}: not all was settled in time`)
    return perSecond
  })
  yield* turn(off, "off", 2)
  yield* turn(on, "on", 2)
  for (let round = 0; round < rounds; round++) {
    const [first, second] = round % 2 === 0 ? [off, on] : [on, off]
    const a = yield* turn(first, first === off ? "off" : "on", seconds / rounds)
    const b = yield* turn(second, second === off ? "off" : "on", seconds / rounds)
    turns.push(first === off ? { off: a, on: b } : { off: b, on: a })
  }
  return { turns, problems }
})

const speedFigures = (turns: ReadonlyArray<{ readonly off: number; readonly on: number }>, share: number) => ({
  "events/s, off": Math.round(median(turns.map(({ off }) => off))),
  "events/s, on": Math.round(median(turns.map(({ on }) => on))),
  "share of off, % (median of rounds)": Math.round(1_000 * share) / 10
})

/** Time of processors for an event says more than events a second where others keep the machine busy. */
const usageFigures = Effect.fnUntraced(function*(off: TelemetryStack, on: TelemetryStack) {
  const [before, after] = yield* Effect.all([off.books, on.books])
  return Object.fromEntries(measured.flatMap((program) => {
    const [untold, told] = [off.usage(program), on.usage(program)]
    const micros = (seconds: number, events: number) => Math.round(1e7 * seconds / events) / 10
    return [
      [`${program}: peak MB, off`, Math.round(untold.peakMb)],
      [`${program}: peak MB, on`, Math.round(told.peakMb)],
      [`${program}: more, MB`, Math.round(told.peakMb - untold.peakMb)],
      [`${program}: µs an event, off`, micros(untold.seconds, before.events.accepted)],
      [`${program}: µs an event, on`, micros(told.seconds, after.events.accepted)]
    ]
  }))
})

/** What all programs made, when every arrival is told: of this run alone, as nothing else asks them for work. */
const madeIn = (pages: ReadonlyArray<string>, requests: number): number =>
  // ingest and queue append, decide, record, deliver
  2 * requests + sumOf(pages, "mutt_alerter_events_processed_total") +
  sumOf(pages, "mutt_alerter_processing_latency_seconds_count") + sumOf(pages, "mutt_moog_alerts_processed_total")

const account = Effect.fnUntraced(function*(stack: TelemetryStack, collector: Collector) {
  const { plain } = yield* readPages(stack.urls)
  const dropped = sumOf(plain, "mutt_telemetry_dropped_total", `signal="traces"`)
  return { dropped, received: collector.spans(), made: madeIn(plain, stack.requests()) }
})

/** Mode `traces` with such a collector, beside mode `off`. */
export const compare = (way: Way, ratio: number, pace: Pace) =>
  Effect.gen(function*() {
    const collector = yield* makeCollector(way)
    const off = yield* makeTelemetryStack()
    const on = yield* makeTelemetryStack({ url: collector.url, ratio })
    collector.search(on.untold)
    const { problems, turns } = yield* takeTurns(off, on, pace)
    const share = median(turns.map(({ off, on }) => on / off))
    const usage = yield* usageFigures(off, on)
    if (share < leastShare(ratio)) problems.push(`${(100 * share).toFixed(1)} % of the throughput of mode off`)
    for (const program of measured) {
      const more = usage[`${program}: more, MB`] ?? Number.NaN
      const most = mostMemoryMb(ratio)
      if (!(more <= most)) problems.push(`${program}: ${more} MB more than with mode off, not ${most}`)
    }

    const wanting = yield* account(on, collector)
    // What still waits has to come to an end before it can be counted.
    yield* collector.heal
    const isExact = ({ dropped, made, received }: typeof wanting) => received + dropped === made
    const final = yield* account(on, collector).pipe(
      Effect.repeat({ schedule: Schedule.spaced("1 second"), until: isExact }),
      Effect.timeoutOption(ratio === 1 ? "90 seconds" : "15 seconds")
    )
    const sums = final._tag === "Some" ? final.value : yield* account(on, collector)
    if (ratio === 1 && !isExact(sums)) {
      problems.push(`${sums.received} spans received and ${sums.dropped} dropped are not the ${sums.made} made`)
    }
    if (sums.received + sums.dropped === 0) problems.push("no span was made: nothing is shown")

    const { all } = yield* readPages(on.urls)
    const hits = on.untold.filter((text) => collector.seen.has(text) || all.some((page) => page.includes(text)))
    if (hits.length > 0) problems.push(`${hits.length} passwords, keys or texts of messages were told`)
    const exemplars = exemplarsIn(all)
    if (ratio === 1 && exemplars === 0) problems.push("no exemplar was there to be searched")
    const proof: Proof = {
      what: `mode traces, ratio ${ratio}, collector ${way}`,
      figures: {
        ...speedFigures(turns, share),
        ...usage,
        "spans received while it was so": wanting.received,
        "spans dropped while it was so": wanting.dropped,
        "spans received, healed": sums.received,
        "spans dropped, healed": sums.dropped,
        ...(ratio === 1 ? { "spans made": sums.made } : {}),
        "requests to the collector": collector.requests(),
        "exemplars": exemplars,
        "secrets and texts searched": on.untold.length,
        "of them told": hits.length
      },
      problems
    }
    return proof
  }).pipe(Effect.scoped)

/** Mode `off` beside itself: how far two equal stacks differ on this machine, below which nothing is shown. */
export const control = (pace: Pace) =>
  Effect.gen(function*() {
    const [off, other] = [yield* makeTelemetryStack(), yield* makeTelemetryStack()]
    const { problems, turns } = yield* takeTurns(off, other, pace)
    const shares = turns.map(({ off, on }) => on / off)
    const share = median(shares)
    if (Math.abs(share - 1) > 0.03) problems.push("two equal stacks differ by more than 3 %: repeat it for longer")
    const { all } = yield* readPages([...off.urls, ...other.urls])
    const hits = [...off.untold, ...other.untold].filter((text) => all.some((page) => page.includes(text)))
    if (hits.length > 0) problems.push(`${hits.length} passwords, keys or texts of messages were told`)
    const proof: Proof = {
      what: "mode off beside itself",
      figures: {
        ...speedFigures(turns, share),
        "least share of a round, %": Math.round(1_000 * Math.min(...shares)) / 10,
        "most share of a round, %": Math.round(1_000 * Math.max(...shares)) / 10,
        ...(yield* usageFigures(off, other)),
        "secrets and texts searched": off.untold.length + other.untold.length,
        "of them told": hits.length
      },
      problems
    }
    return proof
  }).pipe(Effect.scoped)
