import { fillRandom } from "./secureRandom.ts"

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))

/** Random bytes for many short ids: the system is asked for thousands at a time. */
export const makeRandomHex = (): (bytes: number) => string => {
  const pool = new Uint8Array(8_192)
  let at = pool.length
  return (bytes) => {
    if (at + bytes > pool.length) {
      fillRandom(pool)
      at = 0
    }
    let text = ""
    for (const end = at + bytes; at < end; at++) text += hexOf[pool[at] ?? 0]
    return text
  }
}
