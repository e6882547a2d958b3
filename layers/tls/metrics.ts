import { Metric } from "effect"
import { counters } from "../telemetry/counters.ts"

/** What speaks TLS: the program's HTTP server, and the ingestor's syslog over TLS. */
export type TlsListener = "http" | "syslog"

/** Why a client was not let in for its certificate, or did not come so far. */
export type ClientRefusal = "missing" | "expired" | "not_yet_valid" | "untrusted" | "unlisted" | "handshake"

export const certificateExpiry = (listener: TlsListener) =>
  Metric.withAttributes(
    Metric.gauge("mutt_tls_certificate_expiry_timestamp_seconds", {
      description: "When the certificate that a listener shows ends, in seconds since 1970, by listener."
    }),
    { listener }
  )

const reloads = counters(
  "mutt_tls_certificate_reloads_total",
  "Changes of a listener's certificate files, by outcome: loaded, or unusable, when what was there before stays in use."
)
export const certificateReloads = (listener: TlsListener) => ({
  loaded: reloads({ listener, outcome: "loaded" }),
  unusable: reloads({ listener, outcome: "unusable" })
})

const refused = counters(
  "mutt_tls_clients_refused_total",
  "Clients refused for their certificate (missing, expired, not_yet_valid, untrusted, or unlisted, when it stands for no sender), or that did not finish the handshake, by listener and reason."
)
export const clientsRefused = (listener: TlsListener): Readonly<Record<ClientRefusal, Metric.Counter<number>>> => ({
  missing: refused({ listener, reason: "missing" }),
  expired: refused({ listener, reason: "expired" }),
  not_yet_valid: refused({ listener, reason: "not_yet_valid" }),
  untrusted: refused({ listener, reason: "untrusted" }),
  unlisted: refused({ listener, reason: "unlisted" }),
  handshake: refused({ listener, reason: "handshake" })
})
