import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Redacted } from "effect"
import { randomBytes } from "../random/secureRandom.ts"

/** A name for a secret value: 8 hexadecimal digits. */
export type Fingerprint = (value: Redacted.Redacted) => string

/** Makes fingerprints, which may be logged. Those of two processes can be compared only when both use the same key. */
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
