import type { Delivery, EventPosition } from "../../../layers/queue/EventQueue.ts"
import type { Event } from "../../../src/domain/Event.ts"
import type { RuleSet } from "../../../src/domain/Rule.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy, type Policy } from "../../../src/matching/Policy.ts"

/** An id of its own for each number. */
export const uuid = (number: number) => `01998a00-0000-7000-8000-${number.toString(16).padStart(12, "0")}`

export const event = (number: number, changes: Partial<Event> = {}): Event => ({
  id: uuid(number),
  correlationId: `c-${number}`,
  source: "syslog",
  sender: "syslog/udp",
  receivedAt: "1970-01-01T00:00:00.000Z",
  timestamp: "1970-01-01T00:00:00.000Z",
  hostname: "sw1",
  message: "hello",
  ...changes
})

/** An entry of one event. */
export const position = (number: number): EventPosition => ({ entry: `${number}-0`, index: 0, size: 1, bytes: 0 })

export const delivery = (number: number, changes: Partial<Event> = {}): Delivery => ({
  position: position(number),
  payload: JSON.stringify(event(number, changes))
})

const rule = {
  matchType: "contains",
  trapOid: null,
  syslogSeverity: null,
  priority: 100,
  devHandling: "Ignore",
  teamAssignment: "NetOps",
  isActive: true
} as const

/** Pages for `page me`, keeps the record of `log me`, knows nothing of all else. `dev*` are development hosts. */
export const ruleSet: RuleSet = {
  version: 1,
  rules: [
    { ...rule, id: 1, matchString: "page me", prodHandling: "Page_and_ticket" },
    { ...rule, id: 2, matchString: "log me", prodHandling: "Log_only" }
  ],
  developmentHosts: ["dev*"],
  deviceTeams: [{ hostname: "fw1", team: "Security" }]
}

export const policy: Policy = inOneGo(buildPolicy(ruleSet))
