import type { Refusal } from "../../../layers/queue/deadLetterTexts.ts"
import type { QuarantineLimits } from "../../../layers/queue/EventQueue.ts"
import { agedAtOnce, originLimit } from "../../../layers/queue/limits.ts"
import { bytesOf } from "../../../layers/queue/streamEntry.ts"

interface Kept {
  readonly text: string
  /** Why decoding it again failed. */
  reread?: Refusal
  readonly bytes: number
  /** Whose shares it counts towards. */
  readonly origins: ReadonlyArray<string>
}

interface Share {
  readonly records: number
  readonly bytes: number
}

const nothing: Share = { records: 0, bytes: 0 }

/** Keeps quarantined records and counts what each origin holds, as the scripts do in Redis. */
export const makeQuarantine = () => {
  const records = new Map<string, Kept>()
  const shares = new Map<string, Share>()

  const shareOf = (origin: string): Share => shares.get(origin) ?? nothing

  const hold = (origin: string, count: number, bytes: number): void => {
    const share = shareOf(origin)
    const after = { records: share.records + count, bytes: share.bytes + bytes }
    if (after.records === 0) shares.delete(origin)
    else shares.set(origin, after)
  }

  /** Peers beyond `originLimit` count towards one share. */
  const peerOrigin = (sender: string, peer: string): string => {
    const own = `p:${sender} ${peer}`
    return shares.has(own) || shares.size < originLimit ? own : `p:${sender} *`
  }

  const remove = (entryId: string): boolean => {
    const kept = records.get(entryId)
    if (kept === undefined) return false
    records.delete(entryId)
    for (const origin of kept.origins) hold(origin, -1, -kept.bytes)
    return true
  }

  return {
    /** By entry id, oldest first. */
    records,
    remove,

    /** Deletes records that are no newer and returns how many. */
    trim: (since: number): number => {
      let aged = 0
      for (const entryId of records.keys()) {
        if (aged === agedAtOnce || Number.parseInt(entryId) > since) break
        remove(entryId)
        aged++
      }
      return aged
    },

    /** False when its origin is over its share: then it is not kept, and nobody else's record makes room for it. */
    setAside: (
      newId: () => string,
      sender: string,
      peer: string | undefined,
      text: string,
      limits: QuarantineLimits
    ): boolean => {
      const size = bytesOf(text)
      const origins = ["all", `s:${sender}`]
      const own = shareOf(`s:${sender}`)
      const free = { records: limits.records - records.size, bytes: limits.bytes - shareOf("all").bytes }
      if (own.records >= free.records || own.bytes + size > free.bytes) return false
      if (peer !== undefined) {
        const origin = peerOrigin(sender, peer)
        const one = shareOf(origin)
        if (one.records >= free.records - own.records || one.bytes + size > free.bytes - own.bytes) return false
        origins.push(origin)
      }
      for (const origin of origins) hold(origin, 1, size)
      records.set(newId(), { text, bytes: size, origins })
      return true
    }
  }
}
