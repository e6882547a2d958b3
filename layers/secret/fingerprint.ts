import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js"
import { Redacted } from "effect"

/** A name for a secret value: 8 hexadecimal digits. */
export type Fingerprint = (value: Redacted.Redacted) => string

/**
 * Names for secret values, fit for logs and metrics. The key lives and dies with the process, so a fingerprint
 * says "the same value as before" here and nothing anywhere else.
 */
export const makeFingerprint = (): Fingerprint => {
  const key = randomBytes(32)
  const known = new WeakMap<Redacted.Redacted, string>()
  return (value) => {
    const seen = known.get(value)
    if (seen !== undefined) return seen
    const made = bytesToHex(hmac(sha256, key, utf8ToBytes(Redacted.value(value)))).slice(0, 8)
    known.set(value, made)
    return made
  }
}
