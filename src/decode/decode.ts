import { type Arrival, type Decoded, emptyDecoded, keep } from "./Arrival.ts"
import { type BodyHeaders, decodeBody, snmptrapdType } from "./formats/body.ts"
import { decodeSyslog } from "./formats/syslog.ts"
import { readBody, type TextReader } from "./framing/charset.ts"
import { type Frame, FrameReader } from "./framing/FrameReader.ts"

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

/** What was received → its events and what is quarantined, in the way that its transport has. Each record is in exactly one of the two. */
export const decode = (received: Received, arrival: Arrival, read: TextReader, limits: Limits): Decoded => {
  const { bytes, headers = {}, transport } = received
  if (transport === "http") return decodeRequest(bytes, headers, arrival, read, limits.records)
  if (transport === "trap") {
    return decodeRequest(bytes, { "content-type": snmptrapdType, ...headers }, arrival, read, limits.records)
  }
  if (transport === "udp") return decodeDatagram(bytes, arrival, read)
  const reader = new FrameReader(limits.frame, read)
  const into = emptyDecoded()
  for (const frame of [...reader.push(bytes), ...reader.end()]) decodeFrame(frame, arrival, into)
  return into
}

/** The body of a request, in the charset that it names. */
export const decodeRequest = (
  bytes: Uint8Array,
  headers: BodyHeaders,
  arrival: Arrival,
  read: TextReader,
  limit: number
): Decoded => {
  const { fallback, text } = readBody(bytes, headers["content-type"], read)
  return decodeBody(text, headers, fallback ? noted(arrival) : arrival, limit)
}

/** One datagram. */
export const decodeDatagram = (bytes: Uint8Array, arrival: Arrival, read: TextReader): Decoded => {
  const into = emptyDecoded()
  const { fallback, text } = read(bytes)
  decodeFrame(fallback ? { text, cut: false, fallback } : { text, cut: false }, arrival, into)
  return into
}

/** One message of a connection. */
export const decodeFrame = ({ cut, fallback, text }: Frame, arrival: Arrival, into: Decoded): void => {
  keep(into, decodeSyslog(text, fallback === true ? noted(arrival) : arrival, cut), text, arrival)
}

const noted = (arrival: Arrival): Arrival => ({ ...arrival, notes: ["charset_fallback"] })
