const hex: ReadonlyArray<string> = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))
const poolSize = 4096
const perId = 10

/**
 * Makes UUIDs of version 7 (RFC 9562 §5.7) that sort in the order they were made, within one process.
 *
 * `fill` overwrites its argument with random bytes. The 12 bits after the time are a counter that starts at a random
 * value below 2,048 in each millisecond; when it overflows, or the clock steps back, the time runs ahead instead.
 */
export const makeUuid7 = (fill: (bytes: Uint8Array) => void): (millis: number) => string => {
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
    const variant = (byteOf(pool, at + 2) & 0x3f) | 0x80
    return prefix + digit(counter >>> 8) + pair(counter & 0xff) + "-" +
      pair(variant) + pair(byteOf(pool, at + 3)) + "-" +
      pair(byteOf(pool, at + 4)) + pair(byteOf(pool, at + 5)) + pair(byteOf(pool, at + 6)) +
      pair(byteOf(pool, at + 7)) + pair(byteOf(pool, at + 8)) + pair(byteOf(pool, at + 9))
  }
}

const byteOf = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0
const pair = (byte: number): string => hex[byte] ?? "00"
const digit = (value: number): string => pair(value).slice(1)
