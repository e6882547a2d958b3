import { decodeReportLimits } from "../../src/domain/DecodeReport.ts"
import {
  callKeptMs,
  consumerGroup,
  fingerprintLimit,
  keepMs,
  overflow,
  rateSpans,
  senderLimit,
  sweepMs
} from "./limits.ts"
import {
  addEntry,
  alertOrdering,
  batchIds,
  booksNow,
  entriesRead,
  operations,
  quarantineShares,
  queueShares,
  script,
  setAside,
  settledByHour,
  waitingEvents
} from "./scriptParts.ts"
import { entryEvents, entryLength } from "./streamEntry.ts"

export const append = script({
  file: "append",
  uses: [addEntry, queueShares, setAside, batchIds],
  keys: ["rates", "senders", "calls"],
  constants: {
    callKeptMs,
    entryEvents,
    entryLength,
    senderLimit,
    minutesKept: rateSpans.minutes,
    hoursKept: rateSpans.hours,
    daysKept: rateSpans.days
  },
  args: {
    capacity: "number",
    capacityBytes: "number",
    rate: "number",
    window: "number",
    quarantineRecords: "number",
    quarantineBytes: "number",
    quarantineKeptMs: "number",
    // Empty: this call is never repeated.
    lane: "text",
    turn: "number",
    named: "number",
    batches: "number"
  },
  rows: {
    // A batch, by its number from 1, that has an id.
    name: { batch: "number", id: "text", content: "text" },
    batch: { sender: "text", events: "number", refused: "number", entries: "number" },
    entry: { size: "number", text: "text" },
    record: { peer: "text", text: "text" }
  }
})

export const eventRoom = script({
  file: "eventRoom",
  uses: [queueShares],
  args: { capacity: "number", capacityBytes: "number", sender: "text", events: "number", weight: "number" }
})

export const read = script({
  file: "read",
  flag: "allow-oom",
  uses: [entriesRead],
  args: { consumer: "text", count: "number" }
})

export const reclaim = script({
  file: "reclaim",
  flag: "allow-oom",
  uses: [entriesRead],
  args: { consumer: "text", idle: "number", count: "number", from: "text" }
})

export const retireConsumers = script({
  file: "retireConsumers",
  flag: "allow-oom",
  keys: ["stream"],
  constants: { consumerGroup },
  args: { consumer: "text", idle: "number" }
})

export const acknowledge = script({
  file: "acknowledge",
  flag: "allow-oom",
  uses: [alertOrdering, waitingEvents, settledByHour],
  keys: ["parts", "dead", "unhandled", "unhandledExpiry"],
  constants: { consumerGroup, fingerprintLimit, overflow },
  args: {
    threshold: "number",
    window: "number",
    final: "flag",
    // Of the epoch: when the events were received.
    hour: "number",
    candidates: "number",
    entries: "number"
  },
  rows: {
    candidate: { fingerprint: "text", id: "text", signature: "text", payload: "text" },
    // `kinds`: the first letter of each outcome; the rows of its outcomes follow. `indexes`: of its events, with commas
    // between; empty when they are all, in order. `hours`: when each was received; empty when that is `hour` for all.
    entry: { entry: "text", size: "number", bytes: "number", kinds: "text", indexes: "text", hours: "text" },
    alert: { id: "text", signature: "text", payload: "text" },
    fingerprint: { fingerprint: "text" },
    deadLetter: { reason: "text", detail: "text", attempts: "text" }
  }
})

const moving = {
  flag: "allow-oom",
  args: { operation: "text", ids: "number" },
  rows: { id: { id: "text" } }
} as const

export const replayEvents = script({
  ...moving,
  file: "replayEvents",
  uses: [waitingEvents, operations],
  keys: ["dead"]
})

export const replayAlerts = script({
  ...moving,
  file: "replayAlerts",
  uses: [alertOrdering, operations],
  keys: ["alertsDead"]
})

export const discard = script({
  ...moving,
  file: "discard",
  uses: [quarantineShares, operations],
  keys: ["dead", "alertsDead", "books"],
  args: { queue: "text", ...moving.args }
})

export const beginMove = script({
  file: "beginMove",
  flag: "allow-oom",
  uses: [operations],
  args: { operation: "text", parts: "number" },
  rows: { part: { text: "text" } }
})

export const readQuarantined = script({
  file: "readQuarantined",
  flag: "no-writes",
  keys: ["quarantine"],
  args: { ids: "number" },
  rows: { id: { id: "text" } }
})

export const requeue = script({
  file: "requeue",
  flag: "allow-oom",
  uses: [waitingEvents, addEntry, quarantineShares],
  args: { capacity: "number", capacityBytes: "number", records: "number" },
  rows: {
    record: { id: "text", entries: "number", reason: "text" },
    entry: { size: "number", text: "text" }
  }
})

export const eventBacklog = script({ file: "eventBacklog", flag: "no-writes", uses: [waitingEvents] })

export const booksPage = script({ file: "booksPage", flag: "no-writes", uses: [booksNow] })

export const flow = script({ file: "flow", flag: "no-writes", uses: [booksNow], keys: ["breaker", "tokens"] })

export const settledPage = script({ file: "settledPage", flag: "no-writes", keys: ["settled", "stream"] })

export const resetBooks = script({ file: "resetBooks", flag: "allow-oom", uses: [booksNow, settledByHour] })

export const intakeRates = script({ file: "intakeRates", flag: "no-writes", keys: ["rates"] })

export const addMisread = script({
  file: "addMisread",
  keys: ["misread"],
  constants: { keepMs, sweepMs, hostLimit: decodeReportLimits.hosts },
  args: { hosts: "number", more: "flag" },
  rows: { host: { hostname: "text", last: "number", first: "number", counts: "text", detail: "text" } }
})

export const readMisread = script({ file: "readMisread", flag: "no-writes", keys: ["misread"] })

export const topology = script({ file: "topology", keys: ["topology"], args: { raise: "number", release: "text" } })
