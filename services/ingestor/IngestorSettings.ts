import { Config, Context, Schema } from "effect"
import { trapNamesPath } from "../../layers/config/TrapTable.ts"
import { between, flag, setting, type SettingsOf } from "../../layers/environment/setting.ts"
import { budgetLimits } from "../../src/decode/Budget.ts"
import { defaultFallback, isCharset } from "../../src/decode/framing/charset.ts"

const Charset = Schema.String.check(
  Schema.makeFilter((label) =>
    isCharset(label) || "Expected the label of a charset, such as windows-1252, gbk or shift_jis"
  )
)

const charset = (name: string): Config.Config<string> => Config.schema(Charset, name)

/** What is fixed while this ingestor lives, beside what every program has. */
export type IngestorValues = {
  /** Bytes of one request body, unpacked. Larger than the default batch of every shipper: 413 makes most of them drop it. */
  readonly maxBodyBytes: number
  /** Records of one request. */
  readonly maxRecords: number
  /** Bytes that a request may become, for each byte of it, unpacked; records beyond that are quarantined. */
  readonly maxExpansion: number
  /** Bytes of all bodies that are read and not answered yet; a key that would hold more of them than are left is answered 503. */
  readonly maxWaitingBytes: number
  /** Bodies that are unpacked at one time; of one key it is one. */
  readonly maxUnpacking: number
  /** Several processes on the same ports; the kernel spreads the load. */
  readonly reusePort: boolean
  readonly syslogHost: string
  /** 0: no listener. */
  readonly syslogUdpPort: number
  /** 0: no listener. */
  readonly syslogTcpPort: number
  /** Bytes the kernel shall keep for datagrams that are not read yet; `net.core.rmem_max` may grant less. */
  readonly udpReceiveBuffer: number
  /** Bytes of messages held while the queue takes none; beyond it they are dropped and counted. */
  readonly udpHoldBytes: number
  readonly tcpMaxConnections: number
  /** Of one IPv4 address, or of one /64 of IPv6. */
  readonly tcpMaxPerPeer: number
  /** A connection that has said nothing yet is closed after so many seconds. 0: never. */
  readonly tcpFirstByteSeconds: number
  /** A message that was begun must be whole after so many seconds. 0: never. */
  readonly tcpFrameSeconds: number
  /** Bytes of one message; the rest is cut. */
  readonly tcpMaxFrame: number
  /** A connection without a byte for so many seconds is closed. 0: never. */
  readonly tcpIdleSeconds: number
  /** Charset of bytes that are no UTF-8. */
  readonly fallbackCharset: string
  /** Whether a Redis that may lose accepted events makes this program unready, or only degraded. */
  readonly redisPersistence: "required" | "warn"
  /** File of names of traps and variables. */
  readonly trapNamesPath: string | undefined
}

export class IngestorSettings extends Context.Service<IngestorSettings, IngestorValues>()(
  "mutt/services/ingestor/IngestorSettings"
) {}

const mebibyte = 1_048_576
const port = between(0, 65_535)

export const ingestorSettings: SettingsOf<IngestorValues> = {
  maxBodyBytes: setting("INGEST_MAX_BODY_BYTES", between(mebibyte, 512 * mebibyte), 25 * mebibyte),
  maxRecords: setting("INGEST_MAX_RECORDS", between(1_000, 1_000_000), 100_000),
  maxExpansion: setting("INGEST_MAX_EXPANSION", between(2, 1_000), budgetLimits.multiple),
  maxWaitingBytes: setting("INGEST_MAX_WAITING_BYTES", between(mebibyte, 4_096 * mebibyte), 64 * mebibyte),
  maxUnpacking: setting("INGEST_MAX_UNPACKING", between(1, 64), 4),
  reusePort: setting("SERVER_REUSE_PORT", flag, false),
  syslogHost: setting("SYSLOG_HOST", Config.String, "0.0.0.0"),
  syslogUdpPort: setting("SYSLOG_UDP_PORT", port, 5514),
  syslogTcpPort: setting("SYSLOG_TCP_PORT", port, 5514),
  udpReceiveBuffer: setting("SYSLOG_UDP_RECEIVE_BUFFER", between(65_536, 1_024 * mebibyte), 8 * mebibyte),
  udpHoldBytes: setting("SYSLOG_UDP_HOLD_BYTES", between(65_536, 4_096 * mebibyte), 32 * mebibyte),
  tcpMaxConnections: setting("SYSLOG_TCP_MAX_CONNECTIONS", between(1, 100_000), 1_000),
  tcpMaxPerPeer: setting("SYSLOG_TCP_MAX_CONNECTIONS_PER_PEER", between(1, 100_000), 100),
  tcpFirstByteSeconds: setting("SYSLOG_TCP_FIRST_BYTE_SECONDS", between(0, 604_800), 300),
  tcpFrameSeconds: setting("SYSLOG_TCP_FRAME_SECONDS", between(0, 604_800), 60),
  tcpMaxFrame: setting("SYSLOG_TCP_MAX_FRAME", between(480, mebibyte), 65_536),
  tcpIdleSeconds: setting("SYSLOG_TCP_IDLE_SECONDS", between(0, 604_800), 3_600),
  redisPersistence: setting("REDIS_PERSISTENCE", (name) => Config.Literals(["required", "warn"], name), "required"),
  fallbackCharset: setting("SYSLOG_FALLBACK_CHARSET", charset, defaultFallback),
  trapNamesPath
}
