import { PeerCounts } from "../../../src/logic/PeerCounts.ts"
import type { IngestorValues } from "../IngestorSettings.ts"

/** Limits of a syslog listener over TCP; those of peers are for one network, see `peerNetwork`. */
export type SyslogLimits = Pick<
  IngestorValues,
  "tcpMaxConnections" | "tcpMaxPerPeer" | "tcpFirstByteSeconds" | "tcpFrameSeconds" | "tcpIdleSeconds"
>

type SyslogCloseReason = "first_byte" | "frame" | "idle" | "evicted"

/** What is known of a connection, and how it is closed. */
export interface SyslogConnection {
  readonly network: string
  /** Has messages that are not stored yet, so it is not read and stays. */
  readonly busy: () => boolean
  /** Has a message that has begun and not ended. */
  readonly pending: () => boolean
  readonly leave: (reason: SyslogCloseReason) => void
}

interface Entry {
  spoke: boolean
  heardAt: number
  frameAt: number | undefined
  leaving: boolean
}

/** Bounds the connections of a syslog listener. Time is counted in ticks: no peer pays for a delay of the ingestor. */
export class SyslogConnections {
  readonly tickMs: number
  readonly #limits: SyslogLimits
  readonly #entries = new Map<SyslogConnection, Entry>()
  readonly #peers = new PeerCounts()
  #now = 0

  constructor(limits: SyslogLimits) {
    this.#limits = limits
    const times = [limits.tcpFirstByteSeconds, limits.tcpFrameSeconds, limits.tcpIdleSeconds].filter((seconds) =>
      seconds > 0
    )
    this.tickMs = Math.max(10, Math.min(1_000, ...times.map((seconds) => seconds * 250)))
  }

  get size(): number {
    return this.#entries.size
  }

  /** Why there is no room for one more of this network, if so. `others` count without being connected. */
  refusal(network: string, others: number): "peer_limit" | "full" | undefined {
    if (this.#peers.of(network) >= this.#limits.tcpMaxPerPeer) return "peer_limit"
    const over = this.size + others - this.#limits.tcpMaxConnections
    if (over < 0) return undefined
    return over === 0 && this.#makeRoom(network) ? undefined : "full"
  }

  add(connection: SyslogConnection): void {
    this.#entries.set(connection, { spoke: false, heardAt: this.#now, frameAt: undefined, leaving: false })
    this.#peers.add(connection.network)
  }

  remove(connection: SyslogConnection): void {
    if (this.#entries.delete(connection)) this.#peers.remove(connection.network)
  }

  /** Notes that bytes came, with the ends of so many messages. */
  heard(connection: SyslogConnection, ends: number): void {
    const entry = this.#entries.get(connection)
    if (entry === undefined) return
    entry.spoke = true
    entry.heardAt = this.#now
    if (!connection.pending()) entry.frameAt = undefined
    else if (ends > 0 || entry.frameAt === undefined) entry.frameAt = this.#now
  }

  /** Closes connections that have waited too long. To be called each `tickMs`. */
  tick(): void {
    this.#now++
    for (const [connection, entry] of this.#entries) {
      if (connection.busy()) {
        entry.heardAt = this.#now
        if (entry.frameAt !== undefined) entry.frameAt = this.#now
      }
      const reason = entry.leaving ? undefined : this.#overdue(entry)
      if (reason === undefined) continue
      entry.leaving = true
      connection.leave(reason)
    }
  }

  #overdue({ frameAt, heardAt, spoke }: Entry): SyslogCloseReason | undefined {
    const { tcpFirstByteSeconds, tcpFrameSeconds, tcpIdleSeconds } = this.#limits
    const over = (since: number, seconds: number) =>
      seconds > 0 && this.#now - since >= Math.ceil(seconds * 1_000 / this.tickMs)
    if (!spoke && over(heardAt, tcpFirstByteSeconds)) return "first_byte"
    if (frameAt !== undefined && over(frameAt, tcpFrameSeconds)) return "frame"
    return over(heardAt, tcpIdleSeconds) ? "idle" : undefined
  }

  /**
   * Closes the longest silent connection of the peer that has most, if that is more than the newcomer's will have. So
   * devices with one connection each never push each other out.
   */
  #makeRoom(newcomer: string): boolean {
    const { count, peer } = this.#peers.widest()
    if (count <= this.#peers.of(newcomer) + 1) return false
    let idlest: SyslogConnection | undefined
    let since = this.#now
    for (const [connection, { heardAt }] of this.#entries) {
      if (connection.network !== peer || heardAt >= since || connection.busy()) continue
      idlest = connection
      since = heardAt
    }
    if (idlest === undefined) return false
    this.remove(idlest)
    idlest.leave("evicted")
    return true
  }
}
