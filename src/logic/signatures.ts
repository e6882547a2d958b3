import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { maskMessage } from "./masking.ts"

const digest = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 8))

/** Templates repeat; their digests are kept, the longest and the most not. */
const digests = new Map<string, string>()
const most = { templates: 4096, characters: 512 }

/** 16 hexadecimal digits of the SHA-256 of the template of `message`. */
export const templateDigest = (message: string): string => {
  const template = maskMessage(message)
  const known = digests.get(template)
  if (known !== undefined) return known
  const made = digest(template)
  if (template.length <= most.characters) {
    if (digests.size >= most.templates) digests.clear()
    digests.set(template, made)
  }
  return made
}

/** What events without a rule are counted by: the host and the template of the message. */
export const fingerprint = (hostname: string, message: string): string => `${hostname}:${templateDigest(message)}`

/** Bytes the incident platform keeps of a signature. */
const longestSignature = 767

const shortened = (hostname: string, bytes: number): string => {
  if (hostname.length * 3 <= bytes || utf8ToBytes(hostname).length <= bytes) return hostname
  let kept = ""
  let left = bytes - 17
  for (const character of hostname) {
    left -= utf8ToBytes(character).length
    if (left < 0) break
    kept += character
  }
  return `${kept}~${digest(hostname)}`
}

/**
 * What the platform de-duplicates by: `host::rule-<id>::<digest>`, and `host::unmatched::<digest>` for a meta-alert.
 * Two alerts have the same one when host, rule and template are the same. At most 767 bytes: a host name beyond that is
 * cut and marked with its digest.
 */
export const signature = (hostname: string, ruleId: number | null, message: string): string => {
  const rest = `::${ruleId === null ? "unmatched" : `rule-${ruleId}`}::${templateDigest(message)}`
  return shortened(hostname, longestSignature - rest.length) + rest
}
