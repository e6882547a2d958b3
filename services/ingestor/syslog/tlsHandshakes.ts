import { Clock, Effect, type Scope } from "effect"
import { Socket } from "node:net"
import { createServer, type TLSSocket } from "node:tls"
import type { TlsFiles } from "../../../layers/environment/Environment.ts"
import { type CertificateUnusable, readCertificate } from "../../../layers/tls/certificateFiles.ts"
import { clientCertificate, refusalOf } from "../../../layers/tls/clientCertificate.ts"
import { makeClientRefusals } from "../../../layers/tls/clientRefusals.ts"
import { followCertificate } from "../../../layers/tls/followCertificate.ts"
import { type ClientSenders, senderOf } from "../../../src/logic/clientSenders.ts"

export interface SyslogTls {
  readonly files: TlsFiles
  readonly handshakeMs: number
  readonly senders: ClientSenders
}

/** Makes TLS of a connection. Calls `done` when the peer may send; else the connection is destroyed. */
export type Secure = (raw: Socket, done: (socket: TLSSocket, sender: string | undefined) => void) => void

/**
 * Shakes hands as RFC 5425 has it. A peer that shows a certificate which is not good is refused, whether it must show
 * one or not. The sender is the one that its certificate is listed for.
 */
export const makeTlsHandshakes = (
  { files, handshakeMs, senders }: SyslogTls
): Effect.Effect<Secure, CertificateUnusable, Scope.Scope> =>
  Effect.gen(function*() {
    const first = yield* readCertificate(files)
    const clock = yield* Clock.Clock
    const refused = yield* makeClientRefusals("syslog")
    const asks = files.clientCaFile !== undefined
    const waiting = new WeakMap<
      Socket,
      { readonly done: Parameters<Secure>[1]; readonly address: string | undefined }
    >()
    // It never listens: connections are handed to it, so that those which are too many don't cost a handshake.
    const server = createServer({
      ...first.context,
      handshakeTimeout: handshakeMs,
      requestCert: asks,
      rejectUnauthorized: false
    })
    yield* followCertificate("syslog", files, first, ({ context }) => server.setSecureContext(context))

    server.on("secureConnection", (socket) => {
      const raw: unknown = Reflect.get(socket, "_parent")
      const peer = raw instanceof Socket ? waiting.get(raw) : undefined
      if (peer === undefined) return void socket.destroy()
      const shown = asks ? clientCertificate(socket) : undefined
      const reason = asks ? refusalOf(shown, clock.currentTimeMillisUnsafe()) : undefined
      if (reason !== undefined && (shown !== undefined || files.clientAuth === "required")) {
        refused(
          reason,
          socket.remoteAddress,
          shown === undefined ? "" : `${shown.subject} ${shown.problem ?? ""}`.trim()
        )
        return void socket.destroy()
      }
      peer.done(socket, shown === undefined ? undefined : senderOf(senders, shown.names))
    })
    server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
      if (error.code !== "ECONNRESET") refused("handshake", socket.remoteAddress, error.code ?? error.message)
      socket.destroy()
    })
    return (raw, done) => {
      waiting.set(raw, { done, address: raw.remoteAddress })
      server.emit("connection", raw)
    }
  })
