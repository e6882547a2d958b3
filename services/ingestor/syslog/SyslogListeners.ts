import { Effect, Layer } from "effect"
import { IngestorSettings } from "../IngestorSettings.ts"
import { SyslogTcp } from "./SyslogTcp.ts"
import { SyslogUdp } from "./SyslogUdp.ts"

/** The syslog listeners that are switched on. */
export const SyslogListeners = Layer.unwrap(Effect.map(IngestorSettings, (settings) => {
  const { fallbackCharset, reusePort, syslogHost: host } = settings
  const udp = SyslogUdp({
    host,
    port: settings.syslogUdpPort,
    reusePort,
    receiveBuffer: settings.udpReceiveBuffer,
    holdBytes: settings.udpHoldBytes,
    fallbackCharset
  })
  const tcp = SyslogTcp({
    host,
    port: settings.syslogTcpPort,
    reusePort,
    maxConnections: settings.tcpMaxConnections,
    maxPerPeer: settings.tcpMaxPerPeer,
    maxFrame: settings.tcpMaxFrame,
    firstByteSeconds: settings.tcpFirstByteSeconds,
    frameSeconds: settings.tcpFrameSeconds,
    idleSeconds: settings.tcpIdleSeconds,
    fallbackCharset
  })
  return Layer.mergeAll(
    settings.syslogUdpPort === 0 ? Layer.empty : udp,
    settings.syslogTcpPort === 0 ? Layer.empty : tcp
  )
}))
