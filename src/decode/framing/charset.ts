/** Bytes as text. `fallback` says that they were no UTF-8. */
export interface DecodedText {
  readonly text: string
  readonly fallback: boolean
}

/** How bytes of one source become text. */
export type TextReader = (bytes: Uint8Array) => DecodedText

export const defaultFallback = "windows-1252"

/** Is it a label of the WHATWG Encoding Standard that bytes can be read by? */
export const isCharset = (label: string): boolean => decoderOf(label) !== undefined

/**
 * Makes a reader of text: UTF-8 when that is what the bytes are, else the charset of the label. `readUtf8` may be a quicker way to do what
 * the decoder does; it must put U+FFFD in the place of what is no UTF-8.
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

/** The text of a body whose content type may name a charset; one that is unknown, or UTF-8, is read as if none were named. */
export const readBody = (bytes: Uint8Array, contentType: string | undefined, read: TextReader): DecodedText => {
  const unicode = byteOrder(bytes)
  if (unicode !== undefined) return { text: unicode.decode(bytes), fallback: false }
  const label = contentType === undefined ? undefined : charsetOf.exec(contentType)?.[1]
  const named = label === undefined || /^utf-?8$/i.test(label) ? undefined : decoderOf(label)
  return named === undefined ? read(bytes) : { text: named.decode(bytes), fallback: false }
}

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

const decoderOf = (label: string): InstanceType<typeof TextDecoder> | undefined => {
  try {
    return new TextDecoder(label, options)
  } catch {
    return undefined
  }
}

/** UTF-16 announces itself by its first two bytes. */
const byteOrder = (bytes: Uint8Array): InstanceType<typeof TextDecoder> | undefined =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? littleEndian : bytes[0] === 0xfe && bytes[1] === 0xff ? bigEndian : undefined

const littleEndian = new TextDecoder("utf-16le", options)
const bigEndian = new TextDecoder("utf-16be", options)
