import type { ServerOptions, ServerResponse } from "node:http"
import { createServer, type Server } from "node:https"
import type { Duplex } from "node:stream"
import type { SecureContextOptions } from "node:tls"
import { clientCertificate, refusalOf, refusalWords } from "../tls/clientCertificate.ts"
import type { RefuseClient } from "../tls/clientRefusals.ts"
import type { Refusal } from "./refusal.ts"

/** What an HTTP server needs to speak TLS. */
export interface HttpTls {
  readonly context: SecureContextOptions
  /** Clients are asked for a certificate, and must show one, or need not. */
  readonly clientAuth: "none" | "optional" | "required"
  readonly handshakeMs: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly refused: RefuseClient
  /** Gets what replaces the certificate; open connections go on. */
  readonly onServer: (use: (context: SecureContextOptions) => void) => void
}

/** Cuts nobody off at the handshake for a certificate: no words would reach them, so a request is answered instead. */
export const createSecureServer = (options: ServerOptions, tls: HttpTls): Server => {
  const server = createServer({
    ...options,
    ...tls.context,
    noDelay: true,
    handshakeTimeout: tls.handshakeMs,
    requestCert: tls.clientAuth !== "none",
    rejectUnauthorized: false
  })
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    // Who hangs up has not been refused.
    if (error.code !== "ECONNRESET") tls.refused("handshake", socket.remoteAddress, error.code ?? error.message)
  })
  tls.onServer((context) => server.setSecureContext(context))
  return server
}

/** The answer to a request on a connection whose client has no good certificate and must have one. */
export const certificateRefusal = (tls: HttpTls, socket: Duplex, { req }: ServerResponse): Refusal | undefined => {
  if (tls.clientAuth !== "required") return undefined
  const shown = clientCertificate(socket)
  const reason = refusalOf(shown, tls.now())
  if (reason === undefined || reason === "handshake") return undefined
  tls.refused(
    reason,
    req.socket.remoteAddress,
    shown === undefined ? "" : `${shown.subject} ${shown.problem ?? ""}`.trim()
  )
  return {
    status: 401,
    _tag: "ClientCertificateRefused",
    detail: `${refusalWords[reason]} This server answers only who shows a good one.`
  }
}
