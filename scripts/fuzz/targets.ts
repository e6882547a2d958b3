import { Buffer } from "node:buffer"
import { gzipSync } from "node:zlib"
import { Budget } from "../../src/decode/Budget.ts"
import { decodeDatagram, decodeRequestSteps } from "../../src/decode/decode.ts"
import { isoText } from "../../src/decode/fields/calendar.ts"
import { snmptrapdType } from "../../src/decode/formats/body.ts"
import { textReader } from "../../src/decode/framing/charset.ts"
import { type Frame, FrameReader } from "../../src/decode/framing/FrameReader.ts"
import { emptyDecoded, type ReceiveContext } from "../../src/decode/ReceiveContext.ts"
import type { Random } from "../bench/Random.ts"
import { cpuMs } from "./cpuMs.ts"
import { httpSeeds, rawHttp } from "./httpTarget.ts"
import { wrongWith } from "./oracle.ts"
import type { Outcome } from "./Outcome.ts"
import { deepLines, deepTexts, envelopes, samples, type Seed, traps } from "./seeds.ts"
import { unpacked } from "./unpackTarget.ts"

/** Something that takes bytes from strangers. */
export interface Target {
  readonly name: string
  readonly seeds: ReadonlyArray<Uint8Array>
  /** What was wrong, or how it went. */
  readonly run: (input: Uint8Array, random: Random) => Outcome | Promise<Outcome>
}

const at = Date.UTC(2026, 10, 28, 4)
const context = (socket: boolean): ReceiveContext => {
  let made = 0
  return {
    at,
    receivedAt: isoText(at),
    correlationId: "c-1",
    sender: "fuzz",
    source: socket ? "syslog" : "http",
    newId: () => `id-${++made}`,
    ...(socket ? { peer: "192.0.2.200" } : { poster: "192.0.2.200" })
  }
}
const read = textReader("windows-1252")
const records = 10_000

const bytesOf = (seeds: ReadonlyArray<Seed>): ReadonlyArray<Uint8Array> => seeds.map(({ bytes }) => bytes)
const textsOf = (texts: ReadonlyArray<string>): ReadonlyArray<Uint8Array> => texts.map((text) => Buffer.from(text))
const jsonOf = (values: ReadonlyArray<unknown>) => textsOf(values.map((value) => JSON.stringify(value)))

const datagram = (charset?: string) => {
  const readAs = charset === undefined ? read : textReader(charset)
  return (input: Uint8Array): Outcome => {
    const began = cpuMs()
    const decoded = decodeDatagram(input, context(true), readAs)
    const stepMs = cpuMs() - began
    const count = decoded.events.length + decoded.quarantined.length
    return { stepMs, problem: count === 1 ? wrongWith(input.length, decoded) : `a datagram became ${count} records` }
  }
}

const request = (headers: Readonly<Record<string, string>> = {}) => (input: Uint8Array): Outcome => {
  const into = emptyDecoded(new Budget(input.length, records))
  let stepMs = 0
  let began = cpuMs()
  const steps = decodeRequestSteps(input, headers, context(false), read, into)
  for (let done = steps === undefined; !done;) {
    stepMs = Math.max(stepMs, cpuMs() - began)
    began = cpuMs()
    done = steps?.next().done === true
  }
  stepMs = Math.max(stepMs, cpuMs() - began)
  const count = into.events.length + into.quarantined.length
  return { stepMs, problem: count > records + 1 ? `${count} records` : wrongWith(input.length, into) }
}

/**
 * Some senders count the blank behind the count too: a frame that ends with a digit may have ended before it. That
 * shows by what follows a frame, which may not have come yet. So such frames may differ by how the bytes are cut.
 */
const mayCountBlanks = (frames: ReadonlyArray<Frame>) => frames.some(({ text }) => /[1-9]$/.test(text))

/** However the bytes are cut, the frames are the same. */
const frames = (input: Uint8Array, random: Random): Outcome => {
  let stepMs = 0
  const limit = 16 + random.int(2_000)
  const whole = new FrameReader(limit, read)
  const wanted = [...whole.push(input), ...whole.end()]
  const cut = new FrameReader(limit, read)
  const seen: Array<Frame> = []
  const most = 1 + random.int(random.int(2) === 0 ? 8 : 4_000)
  for (let from = 0; from < input.length;) {
    const to = from + 1 + random.int(most)
    const began = cpuMs()
    seen.push(...cut.push(input.subarray(from, to)))
    stepMs = Math.max(stepMs, cpuMs() - began)
    from = to
  }
  seen.push(...cut.end())
  const same = JSON.stringify([wanted, whole.foreign]) === JSON.stringify([seen, cut.foreign]) ||
    mayCountBlanks(wanted) || mayCountBlanks(seen)
  return { stepMs, problem: same ? undefined : "other frames when the bytes are cut" }
}

/** A body that is too large unpacked is refused; what can't be unpacked is decoded as it is. */
const gzip = async (input: Uint8Array): Promise<Outcome> => {
  const { body, problem } = await unpacked(input)
  if (problem !== undefined) return { problem, stepMs: 0 }
  return body === undefined ? { problem: undefined, stepMs: 0 } : request()(body)
}

const sockets = samples.filter(({ transport }) => transport === "udp" || transport === "tcp")
const bodies = samples.filter(({ transport }) => transport === "http")
const is5424 = ({ text }: Seed) => /^<\d+>1 /.test(text)
const isPairs = ({ text }: Seed) => /devname=|date=|hostname=/.test(text)
const json = [...bytesOf(bodies), ...textsOf(deepTexts), ...jsonOf(envelopes)]
const lines = jsonOf([...envelopes, ...traps]).map((line) => Buffer.concat([line, Buffer.from("\n"), line]))

export const targets: ReadonlyArray<Target> = [
  { name: "syslog", seeds: [...bytesOf(sockets), ...textsOf(deepLines)], run: datagram() },
  { name: "rfc5424", seeds: [...bytesOf(sockets.filter(is5424)), ...textsOf(deepLines)], run: datagram() },
  { name: "rfc3164", seeds: bytesOf(sockets.filter((seed) => !is5424(seed))), run: datagram() },
  { name: "key-value", seeds: [...bytesOf(sockets.filter(isPairs)), ...textsOf(deepLines)], run: datagram() },
  { name: "syslog-lines", seeds: bytesOf(sockets), run: request({ "content-type": "text/plain" }) },
  { name: "json", seeds: json, run: request({ "content-type": "application/json" }) },
  { name: "ndjson", seeds: lines, run: request({ "content-type": "application/x-ndjson" }) },
  { name: "envelopes", seeds: jsonOf(envelopes), run: request() },
  { name: "syslog-ng", seeds: json, run: request({ "x-syslog-host": "sw1", "x-syslog-facility": "a\0b" }) },
  {
    name: "snmptrapd",
    seeds: bytesOf(samples.filter(({ transport }) => transport === "trap")),
    run: request({ "content-type": snmptrapdType, "x-trap-time": "1795836000" })
  },
  { name: "trap-records", seeds: [...jsonOf(traps), ...textsOf(deepTexts.slice(0, 2))], run: request() },
  { name: "charset", seeds: bytesOf(sockets), run: datagram("gbk") },
  { name: "charset-named", seeds: json, run: request({ "content-type": "application/json; charset=shift_jis" }) },
  {
    name: "frames",
    seeds: [...bytesOf(sockets), ...textsOf(["12 <13>a b c d e3 <1>", "a\0b\nc\r\n5 <13>x"])],
    run: frames
  },
  { name: "gzip", seeds: [...json.map((body) => gzipSync(body)), gzipSync(Buffer.alloc(2_000_000))], run: gzip },
  { name: "http", seeds: textsOf(httpSeeds), run: rawHttp }
]
