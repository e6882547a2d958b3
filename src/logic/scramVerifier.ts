import { hmac } from "@noble/hashes/hmac.js"
import { pbkdf2 } from "@noble/hashes/pbkdf2.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { utf8ToBytes } from "@noble/hashes/utils.js"
import * as Base64 from "effect/encoding/Base64"

/**
 * Makes what PostgreSQL keeps of a password (RFC 5803): it proves a login by SCRAM-SHA-256 and does not reveal the
 * password.
 *
 * `password` is taken as it is; `saslprepChanges` says for which ones PostgreSQL would take another.
 */
export const scramVerifier = (password: string, salt: Uint8Array, iterations = 4096): string => {
  const salted = pbkdf2(sha256, utf8ToBytes(password), salt, { c: iterations, dkLen: 32 })
  const storedKey = sha256(hmac(sha256, salted, utf8ToBytes("Client Key")))
  const serverKey = hmac(sha256, salted, utf8ToBytes("Server Key"))
  const [text, stored, server] = [salt, storedKey, serverKey].map((bytes) => Base64.encode(bytes))
  return `SCRAM-SHA-256$${iterations}:${text}$${stored}:${server}`
}

/** Code points that RFC 4013 takes for a space, and those that it takes for nothing. */
const spaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu
const nothing = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/gu

/**
 * Says whether PostgreSQL and its clients may replace characters of a password (SASLprep, RFC 4013), so that a login
 * with the password as it is gets refused. `false` is certain: SASLprep takes the password as it is, or cannot prepare
 * it, which comes to the same.
 */
export const saslprepChanges = (password: string): boolean =>
  password.replaceAll(spaces, " ").replaceAll(nothing, "").normalize("NFKC") !== password
