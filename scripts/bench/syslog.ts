import { Effect } from "effect"
import { atLeast, atMost, type Bench, type Figure, memoryTargets, type Pace } from "./Bench.ts"
import { type Child, child } from "./Child.ts"
import type { Harness } from "./Harness.ts"
import type { UdpLoad, UdpLoadResult } from "./load/udp.ts"
import { takeTurns, type Turns } from "./turns.ts"
import { limitOf, peakMemoryMb, type Shares, sharesText, withUsage } from "./usage.ts"

interface Taken {
  readonly sent: number
  readonly taken: number
  readonly perSecond: number
  readonly shares: Shares
  /** The receiver's peak so far. */
  readonly memoryMb: number
}

/** Messages a second: nothing may be lost; must be taken; and more than that, to see what gives. */
const calm = 20_000
const wanted = 50_000
const flood = 80_000

interface Receiver {
  readonly name: string
  readonly pid: number
  readonly port: number
  /** How many messages it has taken so far. */
  readonly count: Effect.Effect<number, unknown>
}

/** Sends at a rate, and counts what arrived once nothing more arrives. */
const drive = (harness: Harness, flow: Pace, receiver: Receiver, perSecond: number) =>
  Effect.scoped(Effect.gen(function*() {
    const before = yield* receiver.count
    const load: UdpLoad = { port: receiver.port, perSecond, durationMs: flow.measureMs }
    const generator = yield* child("load/udp.ts", JSON.stringify(load))
    const pids = { [receiver.name]: receiver.pid, Redis: harness.redis.pid, generator: generator.pid }
    const [result, shares] = yield* withUsage(pids, generator.line<UdpLoadResult>())
    const atEnd = yield* receiver.count
    const taken = (yield* settled(receiver.count, atEnd)) - before
    yield* harness.forget()
    return {
      sent: result.sent,
      taken,
      perSecond: (atEnd - before) / result.seconds,
      shares,
      memoryMb: peakMemoryMb(receiver.pid)
    }
  }))

const settled = (count: Receiver["count"], last: number): Receiver["count"] =>
  Effect.gen(function*() {
    yield* Effect.sleep("300 millis")
    const now = yield* count
    return now === last ? now : yield* settled(count, now)
  })

const bareReceiver = (bare: Child, port: number): Receiver => ({
  name: "bare socket",
  pid: bare.pid,
  port,
  count: Effect.andThen(
    bare.tell("count"),
    Effect.map(bare.line<{ readonly received: number }>(), ({ received }) => received)
  )
})

const say = ({ perSecond, sent, shares, taken }: Taken) =>
  `${Math.round(perSecond)} messages/s, ${sent - taken} of ${sent} dropped; ${sharesText(shares)}`

export const syslogUdp: Bench = {
  name: "syslog-udp",
  title: "Syslog over UDP into the stream",
  baseline: "a node:dgram socket that decodes each message to text and counts it",
  run: Effect.fnUntraced(function*(harness, flow) {
    const ingestor = yield* harness.program("ingestor")
    const bare = yield* child("baselines/syslog.ts")
    const { port } = yield* bare.line<{ readonly port: number }>()
    const ours: Receiver = {
      name: "ingestor",
      pid: ingestor.pid,
      port: ingestor.syslogPort,
      count: harness.counter("accepted")
    }
    const theirs = bareReceiver(bare, port)
    const at = (rate: number) =>
      takeTurns<Taken, unknown, never>(flow, `syslog-udp at ${rate}/s`, {
        ours: drive(harness, flow, ours, rate),
        bare: drive(harness, flow, theirs, rate)
      }, say)
    const [first, second, third] = [yield* at(calm), yield* at(wanted), yield* at(flood)]
    const dropped = ({ sent, taken }: Taken) => sent - taken
    const text = (rate: number) => rate.toLocaleString("en")
    const rateFigure = (rate: number, { bare, ours }: Turns<Taken>): Figure => ({
      what: `taken of ${text(rate)}/s sent`,
      unit: "messages/s",
      ours: ours.map(({ perSecond }) => perSecond),
      baseline: bare.map(({ perSecond }) => perSecond)
    })
    const droppedFigure = (rate: number, { bare, ours }: Turns<Taken>): Figure => ({
      what: `dropped of ${text(rate)}/s`,
      unit: "messages",
      ours: ours.map(dropped),
      baseline: bare.map(dropped)
    })
    const memoryMb = { ingestor: Math.max(...second.ours.map(({ memoryMb }) => memoryMb)) }
    const taken = [...second.ours, ...third.ours].map(({ perSecond }) => perSecond)
    return {
      figures: [
        rateFigure(wanted, second),
        rateFigure(flood, third),
        droppedFigure(calm, first),
        droppedFigure(wanted, second),
        droppedFigure(flood, third),
        {
          what: `ingestor's peak memory after ${text(flood)}/s`,
          unit: "MB",
          ours: third.ours.map(({ memoryMb }) => memoryMb),
          baseline: []
        }
      ],
      targets: [
        // The sender is never quite on time: a rate of 49,990 is the rate that was sent.
        atLeast("messages/s into the stream", Math.max(...taken), wanted * 0.99),
        atMost(`dropped at ${text(calm)}/s`, Math.max(...first.ours.map(dropped)), 0),
        ...memoryTargets(memoryMb)
      ],
      memoryMb,
      limitedBy: limitOf(third.ours.at(-1)?.shares ?? {})
    }
  })
}
