import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { Duplex } from "node:stream"
import type { TLSSocket } from "node:tls"
import { PeerCounts } from "../../src/logic/PeerCounts.ts"
import { peerNetwork } from "../../src/logic/peerNetwork.ts"
import type { ConnectionLimits } from "../environment/Environment.ts"
import { type Connection, moved, type Phase, phaseOf, waitsForPeer } from "./connectionPhase.ts"
import { refusals, refuseAndDestroy } from "./refusal.ts"

/** Why the server closed or refused a connection. */
export const closeReasons = [
  "header",
  "body",
  "request",
  "answer",
  "idle",
  "half_closed",
  "unreadable",
  "evicted",
  "peer_limit",
  "full"
] as const
export type CloseReason = (typeof closeReasons)[number]

/** Where connections are counted. */
export interface ConnectionCounts {
  readonly closed: (reason: CloseReason) => void
  readonly open: (connections: number) => void
}

/**
 * Bounds the connections of one HTTP server. One that waits for its client too long is destroyed; when there are too
 * many, the one that has waited longest makes room.
 *
 * Time is counted in ticks, of which a busy event loop makes fewer: no client pays for a delay of the server.
 */
export class HttpConnections {
  readonly tickMs: number
  readonly #limits: ConnectionLimits
  readonly #counts: ConnectionCounts
  readonly #ticks: Readonly<Record<Phase, number>>
  readonly #open = new Map<Duplex, Connection>()
  readonly #peers = new PeerCounts()
  #now = 0
  #order = 0

  constructor(limits: ConnectionLimits, counts: ConnectionCounts) {
    const { answerGapMs, bodyGapMs, headerMs, idleMs } = limits
    this.#limits = limits
    this.#counts = counts
    this.tickMs = Math.max(10, Math.min(1_000, ...[answerGapMs, bodyGapMs, headerMs, idleMs].map((ms) => ms / 4)))
    const ticks = (ms: number) => Math.ceil(ms / this.tickMs)
    this.#ticks = {
      // Node itself times headers; this is for connections that it does not watch, as after an upgrade.
      header: ticks(headerMs) + 3,
      body: ticks(bodyGapMs),
      answer: ticks(answerGapMs),
      idle: ticks(idleMs),
      half_closed: 2,
      // The program is at work, or feeds a stream that is silent.
      working: Number.POSITIVE_INFINITY
    }
  }

  /**
   * Admits a new connection; `false` when it was refused. With `tls` nothing can be answered on it before `secured`.
   */
  admit(socket: Socket, tls = false): boolean {
    const network = peerNetwork(socket.remoteAddress)
    const ofPeer = (other: Connection) => other.network === network && this.#rests(other)
    if (this.#peers.of(network) >= this.#limits.maxPerPeer && !this.#evict(ofPeer)) {
      return this.#refuse(socket, "peer_limit", tls)
    }
    if (this.#open.size >= this.#limits.maxConnections && !this.#evict(waitsForPeer)) {
      return this.#refuse(socket, "full", tls)
    }
    this.#open.set(socket, {
      socket,
      mute: tls,
      network,
      request: undefined,
      response: undefined,
      phase: "header",
      since: this.#now,
      order: ++this.#order,
      bytesRead: 0,
      bytesTaken: 0,
      bytesQueued: 0
    })
    this.#peers.add(network)
    this.#counts.open(this.#open.size)
    socket.on("close", () => this.#forget(socket))
    return true
  }

  /** The handshake is done: from now on the connection is known by the socket of what was decrypted. */
  secured(socket: TLSSocket): void {
    const raw: unknown = Reflect.get(socket, "_parent")
    const connection = raw instanceof Duplex ? this.#open.get(raw) : undefined
    if (connection === undefined || !(raw instanceof Duplex)) return
    this.#open.delete(raw)
    this.#open.set(socket, connection)
    connection.socket = socket
    connection.mute = false
    // Either may be the first to say that it is closed.
    raw.on("close", () => this.#forget(socket))
    socket.on("close", () => this.#forget(socket))
  }

  /** A request has begun on its connection. */
  began(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#open.get(request.socket)
    if (connection === undefined) return
    connection.request = request
    connection.response = response
    connection.since = this.#now
    connection.order = ++this.#order
  }

  /** Answers what Node could not read, or has waited for too long. */
  failed(socket: Duplex, code: string | undefined): void {
    const connection = this.#open.get(socket)
    if (connection === undefined || code === "ECONNRESET") return void socket.destroy()
    const { request, response } = connection
    const late = code === "ERR_HTTP_REQUEST_TIMEOUT"
    const begun = request !== undefined && !request.complete
    this.#counts.closed(!late ? "unreadable" : begun ? "request" : "header")
    this.#forget(socket)
    // In the middle of an answer another one would be read as a part of it, and after one as that to the next request.
    if (response?.headersSent === true && (begun || !response.writableFinished)) return void socket.destroy()
    const wide = code === "HPE_HEADER_OVERFLOW"
    refuseAndDestroy(socket, late ? refusals.late : wide ? refusals.wide : refusals.unreadable)
  }

  /** Destroys connections that have waited too long. To be called each `tickMs`. */
  tick(): void {
    this.#now++
    for (const connection of this.#open.values()) {
      const phase = phaseOf(connection)
      if (moved(connection, phase)) connection.order = ++this.#order
      else if (phase === connection.phase) {
        if (this.#now - connection.since >= this.#ticks[phase] && phase !== "working") this.#close(connection, phase)
        continue
      }
      connection.phase = phase
      connection.since = this.#now
    }
  }

  /** Closes idle connections. The runtime does so too, but Deno overlooks some that speak TLS. */
  closeIdle(): void {
    for (const connection of this.#open.values()) {
      const phase = phaseOf(connection)
      if (phase === "idle" || phase === "half_closed") connection.socket.destroy()
    }
  }

  /** Has no request under way, nor had one a moment ago. */
  #rests({ response, since }: Connection): boolean {
    return since < this.#now && (response === undefined || response.writableFinished)
  }

  /** Closes the connection that has waited longest of those that may go; one without a request goes first. */
  #evict(mayGo: (connection: Connection) => boolean): boolean {
    let idlest: Connection | undefined
    let idle = false
    for (const connection of this.#open.values()) {
      if (!mayGo(connection)) continue
      const rests = connection.response === undefined || connection.response.writableFinished
      if (idlest === undefined || (rests && !idle) || (rests === idle && connection.order < idlest.order)) {
        idlest = connection
        idle = rests
      }
    }
    if (idlest === undefined) return false
    this.#close(idlest, "evicted")
    return true
  }

  #close(connection: Connection, reason: CloseReason): void {
    const { response, socket } = connection
    this.#counts.closed(reason)
    this.#forget(socket)
    const unanswered = response === undefined ? reason === "header" : !response.headersSent
    if (unanswered && !connection.mute) refuseAndDestroy(socket, reason === "evicted" ? refusals.full : refusals.late)
    else socket.destroy()
  }

  #refuse(socket: Socket, reason: "peer_limit" | "full", mute: boolean): false {
    this.#counts.closed(reason)
    if (mute) socket.destroy()
    else refuseAndDestroy(socket, reason === "full" ? refusals.full : refusals.peer)
    return false
  }

  #forget(socket: Duplex): void {
    const connection = this.#open.get(socket)
    if (connection === undefined) return
    this.#open.delete(socket)
    this.#peers.remove(connection.network)
    this.#counts.open(this.#open.size)
  }
}
