import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Redacted } from "effect"
import { randomBytes } from "../random/secureRandom.ts"

/** A name for a secret value: 8 hexadecimal digits. */
export type Fingerprint = (value: Redacted.Redacted) => string

/**
 * Names for secret values, fit for logs and metrics. Without a key that is shared, a fingerprint says "the same value as before"
 * in this process and nothing anywhere else.
 */
export const makeFingerprint = (key: Uint8Array = randomBytes(32)): Fingerprint => {
  const known = new WeakMap<Redacted.Redacted, string>()
  return (value) => {
    const seen = known.get(value)
    if (seen !== undefined) return seen
    const made = bytesToHex(hmac(sha256, key, utf8ToBytes(Redacted.value(value)))).slice(0, 8)
    known.set(value, made)
    return made
  }
}
