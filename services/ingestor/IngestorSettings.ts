import { Config, Context, Schema } from "effect"
import { trapNamesPath } from "../../layers/config/TrapTable.ts"
import { between, flag, hidden, optionalSetting, type Setting, setting } from "../../layers/environment/setting.ts"
import { clientAuth } from "../../layers/environment/tlsSettings.ts"
import { durabilitySettings } from "../../layers/queue/QueueDurability.ts"
import { budgetLimits } from "../../src/decode/Budget.ts"
import { defaultFallback, isCharset } from "../../src/decode/framing/charset.ts"
import { parseClientSenders } from "../../src/logic/clientSenders.ts"

const Charset = Schema.String.check(
  Schema.makeFilter((label) =>
    isCharset(label) || "Expected the label of a charset, such as windows-1252, gbk or shift_jis"
  )
)

const charset = (name: string): Config.Config<string> => Config.schema(Charset, name)

const Senders = Schema.String.check(
  Schema.makeFilter((list) => {
    const read = parseClientSenders(list)
    return typeof read === "string" ? read : true
  })
)

const senders = (name: string): Config.Config<string> => Config.schema(Senders, name)

const mebibyte = 1_048_576
const port = between(0, 65_535)

/** Static settings of an ingestor, beside those of every program. */
export const ingestorSettings = {
  /** Bytes of one request body, unpacked. Above the default batch of every shipper: most drop a batch on 413. */
  maxBodyBytes: setting("INGEST_MAX_BODY_BYTES", between(mebibyte, 512 * mebibyte), 25 * mebibyte),
  /** Records of one request. */
  maxRecords: setting("INGEST_MAX_RECORDS", between(1_000, 1_000_000), 100_000),
  /** Bytes of events for each byte of a request, unpacked; records beyond that are quarantined. */
  maxExpansion: setting("INGEST_MAX_EXPANSION", between(2, 1_000), budgetLimits.multiple),
  /** Bytes of all bodies that are read and not answered yet; a key may hold as many as are left, or is answered 503. */
  maxWaitingBytes: setting("INGEST_MAX_WAITING_BYTES", between(mebibyte, 4_096 * mebibyte), 64 * mebibyte),
  /** Bodies that are unpacked at one time; one of each key. */
  maxUnpacking: setting("INGEST_MAX_UNPACKING", between(1, 64), 4),
  /** Several processes on the same ports; the kernel spreads the load. */
  reusePort: setting("SERVER_REUSE_PORT", flag, false),
  syslogHost: setting("SYSLOG_HOST", Config.String, "0.0.0.0"),
  /** 0: no listener. */
  syslogUdpPort: setting("SYSLOG_UDP_PORT", port, 5514),
  /** 0: no listener. */
  syslogTcpPort: setting("SYSLOG_TCP_PORT", port, 5514),
  /** Syslog over TLS (RFC 5425). 0: no listener. */
  syslogTlsPort: setting("SYSLOG_TLS_PORT", port, 0),
  /** Files of that listener, where they are not those of the HTTP server. */
  syslogTlsCertFile: optionalSetting("SYSLOG_TLS_CERT_FILE", Config.NonEmptyString),
  syslogTlsKeyFile: hidden(optionalSetting("SYSLOG_TLS_KEY_FILE", Config.NonEmptyString)),
  syslogTlsClientCaFile: optionalSetting("SYSLOG_TLS_CLIENT_CA_FILE", Config.NonEmptyString),
  syslogTlsClientAuth: optionalSetting("SYSLOG_TLS_CLIENT_AUTH", clientAuth),
  syslogTlsHandshakeSeconds: setting("SYSLOG_TLS_HANDSHAKE_SECONDS", between(1, 3_600), 15),
  /** Names in client certificates, and the sender of each, see `parseClientSenders`. */
  clientSenders: optionalSetting("TLS_CLIENT_SENDERS", senders),
  /** The socket's receive buffer; `net.core.rmem_max` may grant less. */
  udpReceiveBuffer: setting("SYSLOG_UDP_RECEIVE_BUFFER", between(65_536, 1_024 * mebibyte), 8 * mebibyte),
  /** Bytes of messages held while the queue takes none; beyond it they are dropped and counted. */
  udpHoldBytes: setting("SYSLOG_UDP_HOLD_BYTES", between(65_536, 4_096 * mebibyte), 32 * mebibyte),
  tcpMaxConnections: setting("SYSLOG_TCP_MAX_CONNECTIONS", between(1, 100_000), 1_000),
  /** Of one IPv4 address, or of one /64 of IPv6. */
  tcpMaxPerPeer: setting("SYSLOG_TCP_MAX_CONNECTIONS_PER_PEER", between(1, 100_000), 100),
  /** A connection without a first byte is closed after so many seconds. 0: never. */
  tcpFirstByteSeconds: setting("SYSLOG_TCP_FIRST_BYTE_SECONDS", between(0, 604_800), 300),
  /** A message must be whole so many seconds after its first byte. 0: never. */
  tcpFrameSeconds: setting("SYSLOG_TCP_FRAME_SECONDS", between(0, 604_800), 60),
  /** Bytes of one message; the rest is cut. */
  tcpMaxFrame: setting("SYSLOG_TCP_MAX_FRAME", between(480, mebibyte), 65_536),
  /** A connection without a byte for so many seconds is closed. 0: never. */
  tcpIdleSeconds: setting("SYSLOG_TCP_IDLE_SECONDS", between(0, 604_800), 3_600),
  /** Whether a Redis that may lose accepted events makes this program unready, or only degraded. */
  redisPersistence: setting("REDIS_PERSISTENCE", (name) => Config.Literals(["required", "warn"], name), "required"),
  ...durabilitySettings,
  /** Charset of bytes that are no UTF-8. */
  fallbackCharset: setting("SYSLOG_FALLBACK_CHARSET", charset, defaultFallback),
  /** File of names of traps and variables. */
  trapNamesPath
}

export type IngestorValues = {
  readonly [K in keyof typeof ingestorSettings]: (typeof ingestorSettings)[K] extends Setting<infer A> ? A : never
}

export class IngestorSettings extends Context.Service<IngestorSettings, IngestorValues>()(
  "mutt/services/ingestor/IngestorSettings"
) {}
