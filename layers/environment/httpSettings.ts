import type { ConnectionLimits } from "./Environment.ts"
import { between, inMillis, setting } from "./setting.ts"

export const defaultConnectionLimits: ConnectionLimits = {
  headerMs: 15_000,
  bodyGapMs: 15_000,
  requestMs: 60_000,
  // Longer than that of common load balancers, so that they close first and no request is lost between the two.
  idleMs: 65_000,
  answerGapMs: 30_000,
  maxConnections: 2_048,
  maxPerPeer: 512
}

const seconds = (name: string, fallbackMs: number) => inMillis(setting(name, between(1, 3_600), fallbackMs / 1_000))

export const httpSettings = {
  headerMs: seconds("SERVER_HEADER_SECONDS", defaultConnectionLimits.headerMs),
  bodyGapMs: seconds("SERVER_BODY_GAP_SECONDS", defaultConnectionLimits.bodyGapMs),
  requestMs: seconds("SERVER_REQUEST_SECONDS", defaultConnectionLimits.requestMs),
  idleMs: seconds("SERVER_IDLE_SECONDS", defaultConnectionLimits.idleMs),
  answerGapMs: seconds("SERVER_ANSWER_GAP_SECONDS", defaultConnectionLimits.answerGapMs),
  maxConnections: setting("SERVER_MAX_CONNECTIONS", between(8, 100_000), defaultConnectionLimits.maxConnections),
  maxPerPeer: setting("SERVER_MAX_CONNECTIONS_PER_PEER", between(1, 100_000), defaultConnectionLimits.maxPerPeer)
}
