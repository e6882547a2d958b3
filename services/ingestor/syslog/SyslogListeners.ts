import { Effect, Layer } from "effect"
import { IngestorSettings } from "../IngestorSettings.ts"
import { listenTcp } from "./SyslogTcp.ts"
import { listenUdp } from "./SyslogUdp.ts"

/** The syslog listeners that have a port. */
export const SyslogListeners = Layer.unwrap(
  Effect.map(IngestorSettings, ({ syslogTcpPort, syslogUdpPort }) =>
    Layer.mergeAll(
      syslogUdpPort === 0 ? Layer.empty : Layer.effectDiscard(listenUdp),
      syslogTcpPort === 0 ? Layer.empty : Layer.effectDiscard(listenTcp)
    ))
)
