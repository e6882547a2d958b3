import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { randomBytes } from "../../../layers/random/secureRandom.ts"
import type { Caller } from "../../../src/domain/Role.ts"

/** Whom a link logs in. */
export interface LinkHolder {
  readonly caller: Caller
  /** Of the key that asked for it. */
  readonly fingerprint: string
}

export const linkLastsMs = 60_000
/** Links that wait at a time; beyond it, the oldest is forgotten. */
const most = 100

/** Keeps links that log in once, in the process that made them. */
export class LoginLinks {
  /** By the hash of the link. */
  readonly #waiting = new Map<string, LinkHolder & { readonly until: number }>()

  make(holder: LinkHolder, now: number): string {
    const link = bytesToHex(randomBytes(24))
    this.#waiting.set(hashOf(link), { ...holder, until: now + linkLastsMs })
    const [oldest] = this.#waiting.keys()
    if (this.#waiting.size > most && oldest !== undefined) this.#waiting.delete(oldest)
    return link
  }

  take(link: string, now: number): LinkHolder | undefined {
    const hash = hashOf(link)
    const found = this.#waiting.get(hash)
    this.#waiting.delete(hash)
    return found === undefined || now >= found.until ? undefined : found
  }
}

const hashOf = (link: string): string => bytesToHex(sha256(utf8ToBytes(link)))
