import { eventLimits } from "../../domain/Event.ts"

/** Removes what PostgreSQL and JSON readers refuse: NUL, and half surrogate pairs. */
export const cleanText = (text: string): string => {
  const clean = text.includes("\0") ? text.replaceAll("\0", "") : text
  return clean.isWellFormed() ? clean : clean.toWellFormed()
}

const control = /\p{Cc}+/gu

const plainHostname = /^[a-z0-9_-][a-z0-9._-]*(?<!\.)$/

/** Normalizes a host name: lower case, no trailing dot, no control characters. */
export const cleanHostname = (text: string): string => {
  if (plainHostname.test(text)) return text
  const name = cleanText(text).replace(control, "").trim().toLowerCase()
  return name.endsWith(".") ? name.slice(0, -1) : name
}

/** Removes what the transport left on a message: rsyslog's one leading space, line ends, NUL. */
export const cleanMessage = (text: string): string => {
  const clean = cleanText(text)
  const from = clean.charCodeAt(0) === 32 ? 1 : 0
  let to = clean.length
  while (to > from && (clean.charCodeAt(to - 1) === 10 || clean.charCodeAt(to - 1) === 13)) to--
  return from === 0 && to === clean.length ? clean : clean.slice(from, to)
}

/** Cuts a message to what an event may hold. */
export const cutMessage = (text: string): string => text.slice(0, eventLimits.message).toWellFormed()

/** Is the UTF-8 form of `text` longer than `limit` bytes? Counts only where the answer is not clear from the length. */
export const exceedsBytes = (text: string, limit: number): boolean => {
  if (text.length > limit) return true
  if (text.length * 3 <= limit) return false
  let bytes = text.length
  for (let i = 0; i < text.length && bytes <= limit; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7ff) bytes += code >= 0xd800 && code <= 0xdfff ? 1 : 2
    else if (code > 0x7f) bytes += 1
  }
  return bytes > limit
}

const address = /^[0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,16})?$/

/** An IP address as text, without brackets and without the IPv6 form of IPv4; `undefined` for anything else. */
export const cleanAddress = (text: string): string | undefined => {
  const bare = text.trim().replace(/^\[(.*)\]$/, "$1").replace(/^::ffff:(?=\d+\.)/i, "")
  return address.test(bare) && (bare.includes(".") || bare.includes(":")) ? bare.toLowerCase() : undefined
}
