import { Effect, Layer } from "effect"
import { IngestorSettings } from "../IngestorSettings.ts"
import { listenTcp, listenTls } from "./SyslogTcp.ts"
import { syslogTls } from "./syslogTls.ts"
import { listenUdp } from "./SyslogUdp.ts"

/** The syslog listeners that have a port. */
export const SyslogListeners = Layer.unwrap(
  Effect.map(IngestorSettings, ({ syslogTcpPort, syslogTlsPort, syslogUdpPort }) =>
    Layer.mergeAll(
      syslogUdpPort === 0 ? Layer.empty : Layer.effectDiscard(listenUdp),
      syslogTcpPort === 0 ? Layer.empty : Layer.effectDiscard(listenTcp),
      syslogTlsPort === 0 ? Layer.empty : Layer.effectDiscard(Effect.flatMap(syslogTls, listenTls))
    ))
)
