/** Bytes as text. `fallback` says that they were no UTF-8. */
interface DecodedText {
  readonly text: string
  readonly fallback: boolean
}

/** How bytes of one source become text. */
export type TextReader = (bytes: Uint8Array) => DecodedText

export const defaultFallback = "windows-1252"

/** Is it a label of the WHATWG Encoding Standard that bytes can be read by? */
export const isCharset = (label: string): boolean => decoderOf(label) !== undefined

/**
 * Makes a reader of text: UTF-8 when that is what the bytes are, else the charset of the label. `readUtf8` may be a
 * quicker way to do what the decoder does; it must put U+FFFD in the place of what is no UTF-8.
 */
export const textReader = (
  label: string = defaultFallback,
  readUtf8 = (bytes: Uint8Array) => lenient.decode(bytes)
): TextReader => {
  const fallback = decoderOf(label)
  return (bytes) => {
    const text = readUtf8(bytes)
    // U+FFFD may also have been sent as such, which is valid UTF-8.
    if (fallback === undefined || !text.includes("\ufffd") || isUtf8(bytes)) return { text, fallback: false }
    return { text: fallback.decode(bytes), fallback: true }
  }
}

/** The text of bytes as `textReader` reads them. */
export const decodeText = (bytes: Uint8Array, label?: string): DecodedText => textReader(label)(bytes)

/**
 * The text of a body whose content type may name a charset; one that is unknown, or UTF-8, is read as if none were
 * named.
 */
export const readBody = (bytes: Uint8Array, contentType: string | undefined, read: TextReader): DecodedText => {
  const named = namedBy(bytes, contentType)
  return named === undefined ? read(bytes) : { text: named.decode(bytes), fallback: false }
}

/** Bytes that become text in one go. */
const part = 524_288

/** The same of a long body, with a pause behind each part. Without a named charset each part is read for itself. */
export function* readLongBody(
  bytes: Uint8Array,
  contentType: string | undefined,
  read: TextReader
): Generator<void, DecodedText> {
  const named = namedBy(bytes, contentType)
  const texts: Array<string> = []
  let fallback = false
  for (let at = 0; at < bytes.length;) {
    const end = named === undefined ? endOfPart(bytes, at + part) : at + part
    const taken = bytes.subarray(at, end)
    at = end
    if (named === undefined) {
      const decoded = read(taken)
      texts.push(decoded.text)
      fallback ||= decoded.fallback
    } else texts.push(named.decode(taken, { stream: end < bytes.length }))
    yield
  }
  return { text: texts.join(""), fallback }
}

/** Is the body of a charset that its own bytes or its content type name? */
export const isNamed = (bytes: Uint8Array, contentType: string | undefined): boolean =>
  namedBy(bytes, contentType) !== undefined

/** The bytes of whole lines, a part at a time. Of a line that is longer than `longest` only so much is given. */
export function* lineParts(bytes: Uint8Array, longest: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const last = at + part >= bytes.length ? bytes.length : bytes.subarray(at, at + part).lastIndexOf(10) + at + 1
    const next = last > at ? last : bytes.indexOf(10, at + part) + 1
    const end = next === 0 ? bytes.length : next
    yield bytes.subarray(at, last > at ? end : Math.min(end, at + longest))
    at = end
  }
}

/** Behind a line, or at least not inside a character of UTF-8. */
const endOfPart = (bytes: Uint8Array, wanted: number): number => {
  if (wanted >= bytes.length) return bytes.length
  const from = wanted - part / 2
  const line = bytes.subarray(from, wanted).lastIndexOf(10)
  if (line >= 0) return from + line + 1
  let end = wanted
  while (wanted - end < 4 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return end
}

/** A decoder of its own, since it may hold a part of a character. */
const namedBy = (bytes: Uint8Array, contentType: string | undefined): TextDecoderOf | undefined => {
  const unicode = byteOrder(bytes)
  if (unicode !== undefined) return unicode
  const label = contentType === undefined ? undefined : charsetOf.exec(contentType)?.[1]
  return label === undefined || /^utf-?8$/i.test(label) ? undefined : decoderOf(label)
}

type TextDecoderOf = InstanceType<typeof TextDecoder>

const charsetOf = /;\s{0,8}charset\s{0,8}=\s{0,8}"?([\w.:-]{1,40})/i

const options = { ignoreBOM: true }
const lenient = new TextDecoder("utf-8", options)
const strict = new TextDecoder("utf-8", { fatal: true })

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    strict.decode(bytes)
    return true
  } catch {
    return false
  }
}

const decoderOf = (label: string): TextDecoderOf | undefined => {
  try {
    return new TextDecoder(label, options)
  } catch {
    return undefined
  }
}

/** UTF-16 announces itself by its first two bytes. */
const byteOrder = (bytes: Uint8Array): TextDecoderOf | undefined =>
  bytes[0] === 0xff && bytes[1] === 0xfe
    ? decoderOf("utf-16le")
    : bytes[0] === 0xfe && bytes[1] === 0xff
    ? decoderOf("utf-16be")
    : undefined
