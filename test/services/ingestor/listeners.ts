import { Effect } from "effect"
import type { IngestorValues } from "../../../services/ingestor/IngestorSettings.ts"
import { listenTcp, listenTls } from "../../../services/ingestor/syslog/SyslogTcp.ts"
import { listenUdp } from "../../../services/ingestor/syslog/SyslogUdp.ts"
import type { SyslogTls } from "../../../services/ingestor/syslog/tlsHandshakes.ts"
import { settingsOf } from "./harness.ts"

export const host = "127.0.0.1"

/** A listener for datagrams on a free port. */
export const udp = (over: Partial<IngestorValues> = {}) => Effect.provide(listenUdp, settingsOf(over))

/** A listener for connections on a free port, which waits for ever. */
export const tcp = (over: Partial<IngestorValues> = {}) => Effect.provide(listenTcp, settingsOf(over))

/** A listener for connections over TLS on a free port. */
export const tls = (over: SyslogTls) => Effect.provide(listenTls(over), settingsOf())
