import { listenTcp, type SyslogTcpOptions } from "../../../services/ingestor/syslog/SyslogTcp.ts"
import { listenUdp } from "../../../services/ingestor/syslog/SyslogUdp.ts"

export const host = "127.0.0.1"

/** A listener for datagrams on a free port. */
export const udp = listenUdp({ host, port: 0, reusePort: false, receiveBuffer: 1_048_576, holdBytes: 1_048_576 })

/** A listener for connections on a free port, which waits for ever. */
export const tcp = (over: Partial<SyslogTcpOptions> = {}) =>
  listenTcp({
    host,
    port: 0,
    reusePort: false,
    maxConnections: 10,
    maxPerPeer: 10,
    maxFrame: 1_024,
    firstByteSeconds: 0,
    frameSeconds: 0,
    idleSeconds: 0,
    ...over
  })
