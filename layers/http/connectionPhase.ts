import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"

/** What a connection waits for: `header`, `body`, `answer` and `idle` for its client, `working` for the program. */
export type Phase = "header" | "body" | "answer" | "idle" | "half_closed" | "working"

export interface Connection {
  socket: Socket
  /** In the handshake of TLS, where a plain answer is none. */
  mute: boolean
  /** The peer that it counts against. */
  readonly network: string
  /** The newest request, and its answer. */
  request: IncomingMessage | undefined
  response: ServerResponse | undefined
  /** As it was at the last tick. */
  phase: Phase
  /** The tick at which something moved. */
  since: number
  /** The same in the order of events: the lowest has waited longest. */
  order: number
  bytesRead: number
  bytesTaken: number
  bytesQueued: number
}

export const phaseOf = ({ request, response, socket }: Connection): Phase => {
  // Our half has ended, and the client keeps its own open.
  if (socket.writableFinished) return "half_closed"
  if (request === undefined || response === undefined) return "header"
  if (!response.writableFinished && socket.writableLength > 0) return "answer"
  if (!request.complete) return "body"
  return response.writableFinished ? "idle" : "working"
}

/** Has the client sent or taken some of what it is waited for? Bytes of an idle connection count for nothing. */
export const moved = (connection: Connection, phase: Phase): boolean => {
  const { request, socket } = connection
  if (phase === "body") {
    const before = connection.bytesRead
    connection.bytesRead = socket.bytesRead
    // A body that the program does not read is not its sender's fault.
    return socket.bytesRead > before ||
      (request !== undefined && request.readableLength >= request.readableHighWaterMark)
  }
  return phase === "answer" && took(connection)
}

const took = (connection: Connection): boolean => {
  const { bytesQueued, bytesTaken, phase, socket } = connection
  const queued = queuedIn(socket)
  connection.bytesTaken = socket.bytesWritten - socket.writableLength
  const written = connection.bytesTaken > bytesTaken
  if (queued !== undefined) {
    connection.bytesQueued = queued
    return written || queued < bytesQueued
  }
  connection.bytesQueued = written || phase !== "answer" ? socket.writableLength : bytesQueued - slowLine
  return connection.bytesQueued > 0
}

/** May it make room for a new connection? Not while the program works on its request. */
export const waitsForPeer = (connection: Connection): boolean => phaseOf(connection) !== "working"

/**
 * Bytes of one long write that the kernel has not taken yet. Deno does not tell (`undefined`): there a write counts
 * when it is done, and may take the ticks that a slow line needs.
 */
const queuedIn = (socket: Socket): number | undefined => {
  const handle: unknown = Reflect.get(socket, "_handle")
  return typeof handle === "object" && handle !== null && "writeQueueSize" in handle
      && typeof handle.writeQueueSize === "number"
    ? handle.writeQueueSize
    : undefined
}

/** Bytes in a tick. */
const slowLine = 65_536
