import type { ConnectionLimits } from "./Environment.ts"
import { between, setting, type ValuesOf } from "./setting.ts"

export const defaultConnectionLimits: ConnectionLimits = {
  headerMs: 15_000,
  bodyGapMs: 15_000,
  requestMs: 60_000,
  // Longer than the idle time of common load balancers, so that they close first and no request is lost between the two.
  idleMs: 65_000,
  answerGapMs: 30_000,
  maxConnections: 2_048,
  maxPerPeer: 512
}

const seconds = (name: string, standard: number, most = 3_600) => setting(name, between(1, most), standard / 1_000)

export const httpSettings = {
  httpHeaderSeconds: seconds("SERVER_HEADER_SECONDS", defaultConnectionLimits.headerMs),
  httpBodyGapSeconds: seconds("SERVER_BODY_GAP_SECONDS", defaultConnectionLimits.bodyGapMs),
  httpRequestSeconds: seconds("SERVER_REQUEST_SECONDS", defaultConnectionLimits.requestMs),
  httpIdleSeconds: seconds("SERVER_IDLE_SECONDS", defaultConnectionLimits.idleMs),
  httpAnswerGapSeconds: seconds("SERVER_ANSWER_GAP_SECONDS", defaultConnectionLimits.answerGapMs),
  httpMaxConnections: setting(
    "SERVER_MAX_CONNECTIONS",
    between(8, 100_000),
    defaultConnectionLimits.maxConnections
  ),
  httpMaxPerPeer: setting(
    "SERVER_MAX_CONNECTIONS_PER_PEER",
    between(1, 100_000),
    defaultConnectionLimits.maxPerPeer
  )
}

export const connectionLimits = (values: ValuesOf<typeof httpSettings>): ConnectionLimits => ({
  headerMs: values.httpHeaderSeconds * 1_000,
  bodyGapMs: values.httpBodyGapSeconds * 1_000,
  // A request has its header first: Node refuses a server that gives the whole less time than the part.
  requestMs: Math.max(values.httpRequestSeconds, values.httpHeaderSeconds) * 1_000,
  idleMs: values.httpIdleSeconds * 1_000,
  answerGapMs: values.httpAnswerGapSeconds * 1_000,
  maxConnections: values.httpMaxConnections,
  maxPerPeer: values.httpMaxPerPeer
})
