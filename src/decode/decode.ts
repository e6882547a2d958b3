import { eventLimits } from "../domain/Event.ts"
import { inOneGo } from "../logic/steps.ts"
import { Budget } from "./Budget.ts"
import { type BodyHeaders, decodeBodySteps, linesOf, snmptrapdType } from "./formats/body.ts"
import type { Steps } from "./formats/jsonJob.ts"
import { decodeSyslog } from "./formats/syslog.ts"
import { isNamed, lineParts, readBody, readLongBody, type TextReader } from "./framing/charset.ts"
import { type Frame, FrameReader } from "./framing/FrameReader.ts"
import { type Decoded, emptyDecoded, guarded, hasRoom, keep, type ReceiveContext } from "./ReceiveContext.ts"

/** How bytes came in. */
export type Transport = "udp" | "tcp" | "http" | "trap"

/** Bytes as they came in: a datagram, all that a connection brought, the body of a request, or the text of a trap. */
export interface Received {
  readonly transport: Transport
  readonly bytes: Uint8Array
  /** Names in lower case; of a request only. */
  readonly headers?: BodyHeaders | undefined
}

/** How much is taken in at once. */
export interface Limits {
  readonly records: number
  readonly frame: number
}

/** Decodes what was received, in the way that its transport has. Each record is either an event or quarantined. */
export const decode = (received: Received, context: ReceiveContext, read: TextReader, limits: Limits): Decoded => {
  const { bytes, headers = {}, transport } = received
  if (transport === "http") return decodeRequest(bytes, headers, context, read, limits.records)
  if (transport === "trap") {
    return decodeRequest(bytes, { "content-type": snmptrapdType, ...headers }, context, read, limits.records)
  }
  if (transport === "udp") return decodeDatagram(bytes, context, read)
  const reader = new FrameReader(limits.frame, read)
  const into = emptyDecoded(new Budget(bytes.length, Infinity))
  for (const frame of [...reader.push(bytes), ...reader.end()]) decodeFrame(frame, context, into)
  return into
}

/** The body of a request, in the charset that it names, in one go. */
export const decodeRequest = (
  bytes: Uint8Array,
  headers: BodyHeaders,
  context: ReceiveContext,
  read: TextReader,
  limit: number
): Decoded => {
  const into = emptyDecoded(new Budget(bytes.length, limit))
  const steps = decodeRequestSteps(bytes, headers, context, read, into)
  if (steps !== undefined) inOneGo(steps)
  return into
}

/** Longer bodies become text with pauses. */
const longBody = 1_048_576
/** Bytes at the start of a long body that show its format. */
const firstLook = 65_536

/** The body of a request, in the charset that it names. What is returned is still to be run: it pauses now and then. */
export const decodeRequestSteps = (
  bytes: Uint8Array,
  headers: BodyHeaders,
  context: ReceiveContext,
  read: TextReader,
  into: Decoded
): Steps | undefined => {
  if (bytes.length > longBody) return decodeLongRequest(bytes, headers, context, read, into)
  const { fallback, text } = readBody(bytes, headers["content-type"], read)
  return decodeBodySteps(text, headers, noted(context, fallback), into)
}

function* decodeLongRequest(
  bytes: Uint8Array,
  headers: BodyHeaders,
  context: ReceiveContext,
  read: TextReader,
  into: Decoded
): Steps {
  const type = headers["content-type"]
  const start = isNamed(bytes, type) ? undefined : read(bytes.subarray(0, firstLook)).text
  const take = start === undefined ? undefined : linesOf(start, headers, context, into)
  if (take !== undefined) {
    // Lines need not be one text, which takes long to make: that is the longest step that can't be cut.
    for (const part of lineParts(bytes, eventLimits.record + 1)) {
      const { fallback, text } = read(part)
      if (!hasRoom(into)) return
      yield* take(text, noted(context, fallback))
    }
    return
  }
  const { fallback, text } = yield* readLongBody(bytes, type, read)
  const steps = decodeBodySteps(text, headers, noted(context, fallback), into)
  if (steps !== undefined) yield* steps
}

/** One datagram. */
export const decodeDatagram = (bytes: Uint8Array, context: ReceiveContext, read: TextReader): Decoded => {
  const into = emptyDecoded(new Budget(bytes.length, 1))
  const { fallback, text } = read(bytes)
  decodeFrame(fallback ? { text, cut: false, fallback } : { text, cut: false }, context, into)
  return into
}

/** One message of a connection. */
export const decodeFrame = ({ cut, fallback, text }: Frame, context: ReceiveContext, into: Decoded): void => {
  const noticed = noted(context, fallback)
  keep(into, guarded(into, decodeSyslog, text, noticed, cut), text, noticed, cut)
}

/** Notes that the bytes were no UTF-8. */
const noted = (context: ReceiveContext, fallback: boolean | undefined): ReceiveContext =>
  fallback === true ? { ...context, notes: ["charset_fallback"] } : context
