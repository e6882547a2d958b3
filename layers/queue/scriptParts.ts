import { type LuaPart, luaScripts } from "../redis/luaScript.ts"
import type { QueueKeys } from "./keys.ts"
import {
  agedAtOnce,
  batchIdKeptMs,
  batchIdLimit,
  consumerGroup,
  operationKeptMs,
  originLimit,
  recentLimit,
  settledHours
} from "./limits.ts"
import { entryEvents } from "./streamEntry.ts"

type Part = LuaPart<keyof QueueKeys>

export const waitingEvents: Part = { file: "waitingEvents", keys: ["stream", "books"] }
export const booksNow: Part = {
  file: "booksNow",
  uses: [waitingEvents],
  keys: ["dead", "alertsDue", "alertsWaiting", "alertsDead", "quarantine"]
}
export const addEntry: Part = { file: "addEntry", keys: ["stream"] }
export const chunks: Part = { file: "chunks" }
export const alertOrdering: Part = {
  file: "alertOrdering",
  uses: [chunks],
  keys: ["alerts", "alertsDue", "alertsWaiting", "alertsRecent", "alertsEarlier"],
  constants: { recentLimit }
}
export const alertRows: Part = { file: "alertRows", uses: [chunks], keys: ["alerts"] }
export const queueShares: Part = { file: "queueShares", uses: [waitingEvents], keys: ["queueShares"] }
export const quarantineShares: Part = {
  file: "quarantineShares",
  keys: ["quarantine", "quarantineShares", "quarantineRereads"]
}
export const setAside: Part = {
  file: "setAside",
  uses: [quarantineShares],
  keys: ["books"],
  constants: { agedAtOnce, originLimit }
}
export const operations: Part = { file: "operations", keys: ["moves", "movesAt"], constants: { operationKeptMs } }
export const batchIds: Part = {
  file: "batchIds",
  keys: ["batchIds", "batchIdsAt"],
  constants: { batchIdKeptMs, batchIdLimit }
}
export const settledByHour: Part = { file: "settledHours", keys: ["settled"], constants: { settledHours } }
export const entriesRead: Part = {
  file: "entriesRead",
  keys: ["stream", "parts"],
  constants: { consumerGroup, entryEvents }
}

/** A script of the queue, `lua/<file>.lua`. What it does and returns stands there. */
export const script = luaScripts<keyof QueueKeys>("queue", new URL("./lua/", import.meta.url))
