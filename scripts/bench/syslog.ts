import { Effect } from "effect"
import { atLeast, atMost, type Bench, memoryTargets, type Pace } from "./Bench.ts"
import { type Child, child } from "./Child.ts"
import type { UdpLoad, UdpLoadResult } from "./load/udp.ts"
import { median } from "./statistics.ts"
import { takeTurns } from "./turns.ts"
import { limitOf, peakMemoryMb, type Shares, sharesText, withUsage } from "./usage.ts"
import type { World } from "./World.ts"

interface Taken {
  readonly sent: number
  readonly taken: number
  readonly perSecond: number
  readonly shares: Shares
}

const steady = 20_000
const flood = 80_000

interface Receiver {
  readonly name: string
  readonly pid: number
  readonly port: number
  /** How many messages it has taken so far. */
  readonly count: Effect.Effect<number, unknown>
}

/** Sends at a rate, and counts what arrived once nothing more arrives. */
const drive = (world: World, pace: Pace, receiver: Receiver, perSecond: number) =>
  Effect.scoped(Effect.gen(function*() {
    const before = yield* receiver.count
    const load: UdpLoad = { port: receiver.port, perSecond, durationMs: pace.measureMs }
    const generator = yield* child("load/udp.ts", JSON.stringify(load))
    const pids = { [receiver.name]: receiver.pid, Redis: world.redis.pid, generator: generator.pid }
    const [result, shares] = yield* withUsage(pids, generator.line<UdpLoadResult>())
    const atEnd = yield* receiver.count
    const taken = (yield* settled(receiver.count, atEnd)) - before
    yield* world.forget()
    return { sent: result.sent, taken, perSecond: (atEnd - before) / result.seconds, shares }
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
  run: Effect.fnUntraced(function*(world, pace) {
    const ingestor = yield* world.program("ingestor")
    const bare = yield* child("baselines/syslog.ts")
    const { port } = yield* bare.line<{ readonly port: number }>()
    const ours: Receiver = {
      name: "ingestor",
      pid: ingestor.pid,
      port: ingestor.syslogPort,
      count: world.counter("accepted")
    }
    const theirs = bareReceiver(bare, port)
    const at = (rate: number) =>
      takeTurns<Taken, unknown, never>(pace, `syslog-udp at ${rate}/s`, {
        ours: drive(world, pace, ours, rate),
        bare: drive(world, pace, theirs, rate)
      }, say)
    const calm = yield* at(steady)
    const flooded = yield* at(flood)
    const dropped = ({ sent, taken }: Taken) => sent - taken
    const taken = flooded.ours.map(({ perSecond }) => perSecond)
    const memoryMb = { ingestor: peakMemoryMb(ingestor.pid) }
    return {
      figures: [
        {
          what: `taken of ${flood.toLocaleString("en")}/s sent`,
          unit: "messages/s",
          ours: taken,
          baseline: flooded.bare.map(({ perSecond }) => perSecond)
        },
        {
          what: `dropped at ${steady.toLocaleString("en")}/s`,
          unit: "messages",
          ours: calm.ours.map(dropped),
          baseline: calm.bare.map(dropped)
        },
        {
          what: `dropped at ${flood.toLocaleString("en")}/s`,
          unit: "messages",
          ours: flooded.ours.map(dropped),
          baseline: flooded.bare.map(dropped)
        }
      ],
      targets: [
        atLeast("messages/s into the stream", median(taken), 50_000),
        atMost(`dropped at ${steady.toLocaleString("en")}/s`, Math.max(...calm.ours.map(dropped)), 0),
        ...memoryTargets(memoryMb)
      ],
      memoryMb,
      limitedBy: limitOf(flooded.ours.at(-1)?.shares ?? {})
    }
  })
}
