const digitOf = (value: number): number => "0123456789abcdef".charCodeAt(value)
/** Byte → the character code of its first and of its second digit. */
const high = Uint8Array.from({ length: 256 }, (_, byte) => digitOf(byte >> 4))
const low = Uint8Array.from({ length: 256 }, (_, byte) => digitOf(byte & 15))
const hyphen = 45
const poolSize = 4096
const perId = 10

/**
 * Makes UUIDs of version 7 (RFC 9562 §5.7) that sort in the order they were made, within one process.
 *
 * `fill` overwrites its argument with random bytes. The 12 bits after the time are a counter that starts at a random
 * value below 2,048 in each millisecond; when it overflows, or the clock steps back, the time runs ahead instead.
 *
 * Every event gets one, so the text is made by one call: of a chain of small texts, each link would be an allocation.
 */
export const makeUuid7 = (fill: (bytes: Uint8Array<ArrayBuffer>) => void): (millis: number) => string => {
  const pool = new Uint8Array(poolSize)
  let next = poolSize
  let last = -1
  let counter = 0
  let prefix = ""

  const start = (millis: number, at: number) => {
    last = millis
    counter = ((byteOf(pool, at) & 0x07) << 8) | byteOf(pool, at + 1)
    const text = millis.toString(16).padStart(12, "0")
    prefix = `${text.slice(0, 8)}-${text.slice(8)}-7`
  }

  return (millis) => {
    if (next + perId > poolSize) {
      fill(pool)
      next = 0
    }
    const at = next
    next += perId
    if (millis > last) start(millis, at)
    else if (counter === 0xfff) start(last + 1, at)
    else counter++
    const count = counter & 0xff
    const variant = (byteOf(pool, at + 2) & 0x3f) | 0x80
    const [a, b, c, d] = [byteOf(pool, at + 3), byteOf(pool, at + 4), byteOf(pool, at + 5), byteOf(pool, at + 6)]
    const [e, f, g] = [byteOf(pool, at + 7), byteOf(pool, at + 8), byteOf(pool, at + 9)]
    // dprint-ignore
    return prefix + String.fromCharCode(
      byteOf(low, counter >>> 8), byteOf(high, count), byteOf(low, count), hyphen,
      byteOf(high, variant), byteOf(low, variant), byteOf(high, a), byteOf(low, a), hyphen,
      byteOf(high, b), byteOf(low, b), byteOf(high, c), byteOf(low, c), byteOf(high, d), byteOf(low, d),
      byteOf(high, e), byteOf(low, e), byteOf(high, f), byteOf(low, f), byteOf(high, g), byteOf(low, g)
    )
  }
}

const byteOf = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0
