import { Clock, Effect, type Scope } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import type { RequestHeaders } from "../../../layers/http/Authentication.ts"
import { clientCertificate, refusalOf, refusalWords } from "../../../layers/tls/clientCertificate.ts"
import { makeClientRefusals } from "../../../layers/tls/clientRefusals.ts"
import { parseClientSenders, senderOf } from "../../../src/logic/clientSenders.ts"
import { IngestorSettings } from "../IngestorSettings.ts"

/** Who sends without a key: the sender that the certificate is listed for, or why there is none. */
export type CertificateLogin = (
  headers: RequestHeaders,
  socket: Parameters<typeof clientCertificate>[0] & { readonly remoteAddress?: string | undefined }
) => { readonly sender: string } | { readonly refused: string | undefined }

const none = { refused: undefined }

/**
 * Lets senders in by their certificate in place of a key, on the intake alone. A request with a key is judged by the key.
 * Where clients are not asked for a certificate, nobody has one.
 */
export const makeCertificateLogin: Effect.Effect<
  CertificateLogin,
  never,
  Environment | IngestorSettings | Scope.Scope
> = Effect.gen(function*() {
  const { tls } = yield* Environment
  const { clientSenders } = yield* IngestorSettings
  if (tls?.clientCaFile === undefined) return () => none
  const clock = yield* Clock.Clock
  const refused = yield* makeClientRefusals("http")
  const parsed = parseClientSenders(clientSenders ?? "")
  const senders = typeof parsed === "string" ? new Map<string, string>() : parsed
  const login: CertificateLogin = (headers, socket) => {
    if ((headers["x-api-key"] ?? "") !== "" || headers["authorization"] !== undefined) return none
    const shown = clientCertificate(socket)
    const sender = shown === undefined ? undefined : senderOf(senders, shown.names)
    const reason = refusalOf(shown, clock.currentTimeMillisUnsafe()) ?? (sender === undefined ? "unlisted" : undefined)
    if (sender !== undefined && reason === undefined) return { sender }
    if (reason === undefined || reason === "handshake") return none
    refused(reason, socket.remoteAddress, shown === undefined ? "" : `${shown.subject} ${shown.problem ?? ""}`.trim())
    return { refused: refusalWords[reason] }
  }
  return login
})
