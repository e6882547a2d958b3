import { attemptLimit, deliveryLimit, idleMs } from "./limits.ts"
import { alertOrdering, alertRows, script } from "./scriptParts.ts"

export const claim = script({
  file: "claim",
  flag: "allow-oom",
  uses: [alertOrdering],
  keys: ["breaker", "tokens"],
  constants: { idleMs },
  args: { max: "number", lease: "number", rate: "number", period: "number", timeout: "number" }
})

export const acknowledgeAlerts = script({
  file: "acknowledgeAlerts",
  flag: "allow-oom",
  uses: [alertOrdering],
  keys: ["breaker", "books", "alertsDead", "alertsDelivered"],
  constants: { attemptLimit, deliveryLimit },
  args: { threshold: "number", outcomes: "number" },
  rows: {
    outcome: { id: "text", lease: "text", outcome: "text" },
    parked: { delay: "number", attempt: "text", failure: "flag", counts: "flag" },
    dead: { reason: "text", detail: "text", attempt: "text", failure: "flag" }
  }
})

export const alertBacklog = script({
  file: "alertBacklog",
  flag: "no-writes",
  keys: ["alertsDue", "alertsWaiting", "breaker"]
})

export const alertState = script({
  file: "alertState",
  flag: "no-writes",
  keys: ["alerts", "alertsDue"],
  args: { id: "text" }
})

export const dueAlerts = script({
  file: "dueAlerts",
  flag: "no-writes",
  uses: [alertRows],
  keys: ["alertsDue"],
  args: { score: "number", after: "text", limit: "number" }
})

export const behindAlerts = script({
  file: "behindAlerts",
  flag: "no-writes",
  uses: [alertRows],
  keys: ["alertsWaiting"],
  args: { after: "text", limit: "number" }
})

export const alertsById = script({
  file: "alertsById",
  flag: "no-writes",
  uses: [alertRows],
  keys: ["alertsDue"],
  args: { ids: "number" },
  rows: { id: { id: "text" } }
})

export const handOverAlerts = script({
  file: "handOverAlerts",
  uses: [alertOrdering],
  keys: ["books"],
  args: { room: "number", alertCount: "number" },
  rows: { alert: { id: "text", signature: "text", payload: "text" } }
})

export const retryAlerts = script({
  file: "retryAlerts",
  flag: "allow-oom",
  uses: [alertOrdering],
  args: { ids: "number" },
  rows: { id: { id: "text" } }
})
