import type { Alert } from "../../../src/domain/Alert.ts"

/** An alert of a device that went down, with what a test wants different. */
export const alertOf = (id: string, different: Partial<Alert> = {}): Alert => ({
  id,
  kind: "event",
  correlationId: `c-${id}`,
  signature: `sw1::7::${id}`,
  hostname: "sw1",
  message: "Interface Gi0/1 down",
  severity: 3,
  environment: "prod",
  handling: "Page_and_ticket",
  team: "NetOps",
  ruleId: 7,
  eventTimestamp: "1970-01-01T00:00:00.000Z",
  receivedAt: "1970-01-01T00:00:00.000Z",
  decidedAt: "1970-01-01T00:00:00.000Z",
  source: "syslog",
  ...different
})
