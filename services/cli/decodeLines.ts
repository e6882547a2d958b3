import { decodeFrame, decodeRequest } from "../../src/decode/decode.ts"
import { isoText } from "../../src/decode/fields/calendar.ts"
import type { TimeZone } from "../../src/decode/fields/timeZone.ts"
import { transportAddress } from "../../src/decode/fields/trap.ts"
import type { TrapNames } from "../../src/decode/fields/trapNames.ts"
import { snmptrapdType } from "../../src/decode/formats/body.ts"
import type { TextReader } from "../../src/decode/framing/charset.ts"
import type { Decoded, ReceiveContext } from "../../src/decode/ReceiveContext.ts"
import { emptyDecoded } from "../../src/decode/ReceiveContext.ts"
import { eventLimits } from "../../src/domain/Event.ts"
import { joined, type Line, LineReader } from "./LineReader.ts"

export type Format = "syslog" | "json" | "snmptrapd"

/** How the lines are written, and what the ingestor would know of them. */
export interface DecodeOptions {
  readonly peer: string
  /** The arrival of the line that is decoded now, epoch milliseconds. */
  readonly now: () => number
  readonly format: Format | "auto"
  /** Each line is a datagram, in which `\n` is a line feed and `\\` a backslash. */
  readonly datagrams: boolean
  readonly read: TextReader
  readonly zone: TimeZone | undefined
  readonly trapNames: TrapNames | undefined
}

/** What one line became, or the several lines of one trap. */
export interface DecodedLine {
  /** Of its first line. */
  readonly number: number
  readonly format: Format
  readonly decoded: Decoded
}

/** One more byte than a record may have, so that one which is too large is refused as such. */
const lineLimit = eventLimits.record + 1
/** What `SYSLOG_TCP_MAX_FRAME` is when nobody sets it. */
const frameLimit = 65_536
const records = 100_000

/** Decodes lines as they come. */
export class LineDecoder {
  readonly #options: DecodeOptions
  readonly #lines = new LineReader(lineLimit)
  /** The lines of a trap so far: it ends at an empty one, or when it is longer than any. */
  #trap: Array<Line> = []
  #trapBytes = 0

  constructor(options: DecodeOptions) {
    this.#options = options
  }

  push(bytes: Uint8Array): ReadonlyArray<DecodedLine> {
    return this.#lines.push(bytes).flatMap((line) => this.#take(line))
  }

  end(): ReadonlyArray<DecodedLine> {
    return [...this.#lines.end().flatMap((line) => this.#take(line)), ...this.#endTrap()]
  }

  #take(line: Line): ReadonlyArray<DecodedLine> {
    const { datagrams, format } = this.#options
    if (format !== "snmptrapd" || datagrams) {
      return isBlank(line.bytes) ? [] : [this.#decode(datagrams ? unescaped(line) : line)]
    }
    if (isBlank(line.bytes)) return this.#endTrap()
    const ended = this.#trapBytes > lineLimit ? this.#endTrap() : []
    this.#trap.push(line)
    this.#trapBytes += line.bytes.length + 1
    return ended
  }

  #endTrap(): ReadonlyArray<DecodedLine> {
    const [first] = this.#trap
    const bytes = joined(this.#trap.flatMap((line) => [line.bytes, lineEnd]), this.#trapBytes)
    this.#trap = []
    this.#trapBytes = 0
    return first === undefined ? [] : [this.#decode({ ...first, bytes })]
  }

  #decode({ bytes, cut, number }: Line): DecodedLine {
    const { read } = this.#options
    const format = this.#options.format === "auto" ? formatOf(bytes) : this.#options.format
    if (format !== "syslog") {
      const headers = { "content-type": format === "json" ? "application/json" : snmptrapdType }
      return { number, format, decoded: decodeRequest(bytes, headers, this.#arrival(format), read, records) }
    }
    const frame = read(bytes.subarray(0, frameLimit))
    const decoded = emptyDecoded()
    decodeFrame(
      { text: frame.text, cut: cut || bytes.length > frameLimit, ...marked(frame.fallback) },
      this.#arrival(format),
      decoded
    )
    return { number, format, decoded }
  }

  /** A socket has a peer; who posts a request is not taken for the device. */
  #arrival(format: Format): ReceiveContext {
    const { now, peer, trapNames, zone } = this.#options
    const at = now()
    return {
      at,
      receivedAt: isoText(at),
      correlationId: "",
      sender: format,
      source: format === "syslog" ? "syslog" : "http",
      trapNames,
      zoneOf: zone === undefined ? undefined : () => zone,
      newId: () => "",
      ...(format === "syslog" ? { peer } : { poster: peer })
    }
  }
}

const lineFeed = 10
const lineEnd = Uint8Array.of(lineFeed)
const backslash = 92
const letterN = 110

const marked = (fallback: boolean) => fallback ? { fallback } as const : {}

const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 32 || byte === 9 || byte === 13)

/** Tells JSON by its first character and a trap by its second line; all else is syslog. */
const formatOf = (bytes: Uint8Array): Format => {
  const start = ascii.decode(bytes.subarray(0, 1_024))
  if (/^(?:\u00ef\u00bb\u00bf)?\s{0,64}(?:\{|\[\s{0,64}[{\]])/.test(start)) return "json"
  const [, second = ""] = start.split("\n", 2)
  return start.startsWith("<") && !start.startsWith("<UNKNOWN>") || transportAddress(second) === undefined
    ? "syslog"
    : "snmptrapd"
}
const ascii = new TextDecoder("latin1")

/** Replaces `\n` and `\\` by what they stand for; a backslash before anything else is one. */
const unescaped = (line: Line): Line => {
  const { bytes } = line
  if (!bytes.includes(backslash)) return line
  const plain = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const next = bytes[at] === backslash ? bytes[at + 1] : undefined
    if (next === letterN || next === backslash) at++
    plain[length++] = next === letterN ? lineFeed : bytes[at] ?? 0
  }
  return { ...line, bytes: plain.subarray(0, length) }
}
