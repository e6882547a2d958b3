import { Clock, Effect, Layer, Semaphore } from "effect"
import { ConfigAudit } from "../audit/ConfigAudit.ts"
import { changeRecord, ruleValues } from "./changeRecord.ts"
import {
  HostExists,
  HostNotFound,
  type RuleDraft,
  RuleNotFound,
  RuleRepository,
  RuleRepositoryUnavailable,
  type StoredRule
} from "./RuleRepository.ts"

/** Keeps everything, forgets everything at exit. Changes are recorded before they are made, one after the other. */
export const RuleRepositoryMemory = Layer.effect(
  RuleRepository,
  Effect.gen(function*() {
    const audit = yield* ConfigAudit
    const one = Semaphore.makeUnsafe(1).withPermits(1)
    const rules = new Map<number, StoredRule>()
    const hosts = new Set<string>()
    const teams = new Map<string, string>()
    let lastId = 0

    const record = (...parts: Parameters<typeof changeRecord>) =>
      Effect.mapError(
        audit.record(changeRecord(...parts)),
        ({ detail }) => new RuleRepositoryUnavailable({ detail, outcome: "unchanged" })
      )
    const now = Effect.map(Clock.currentTimeMillis, (millis) => new Date(millis).toISOString())

    const rule = (id: number) =>
      Effect.suspend(() => {
        const found = rules.get(id)
        return found === undefined ? Effect.fail(new RuleNotFound({ id })) : Effect.succeed(found)
      })
    const known = (table: { has: (name: string) => boolean }, hostname: string) =>
      table.has(hostname) ? Effect.void : Effect.fail(new HostNotFound({ hostname }))
    const unknown = (table: { has: (name: string) => boolean }, hostname: string) =>
      table.has(hostname) ? Effect.fail(new HostExists({ hostname })) : Effect.void

    return RuleRepository.of({
      rules: Effect.sync(() => [...rules.values()].sort((a, b) => a.priority - b.priority || a.id - b.id)),
      rule,
      createRule: (draft, change) =>
        one(Effect.gen(function*() {
          const at = yield* now
          const id = lastId + 1
          yield* record("alert_rules", String(id), change, null, ruleValues(draft))
          const stored = { ...only(draft), id, createdAt: at, updatedAt: at }
          lastId = id
          rules.set(id, stored)
          return stored
        })),
      updateRule: (id, edit, change) =>
        one(Effect.gen(function*() {
          const before = yield* rule(id)
          const draft = yield* edit(before)
          yield* record("alert_rules", String(id), change, ruleValues(before), ruleValues(draft))
          const stored = { ...only(draft), id, createdAt: before.createdAt, updatedAt: yield* now }
          rules.set(id, stored)
          return stored
        })),
      deleteRule: (id, change) =>
        one(Effect.gen(function*() {
          const before = yield* rule(id)
          yield* record("alert_rules", String(id), change, ruleValues(before), null)
          rules.delete(id)
        })),
      developmentHosts: Effect.sync(() => [...hosts].sort()),
      addDevelopmentHost: (name, change) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* unknown(hosts, hostname)
          yield* record("development_hosts", hostname, change, null, { hostname })
          hosts.add(hostname)
        })),
      removeDevelopmentHost: (name, change) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* known(hosts, hostname)
          yield* record("development_hosts", hostname, change, { hostname }, null)
          hosts.delete(hostname)
        })),
      teams: Effect.sync(() =>
        [...teams].map(([hostname, team]) => ({ hostname, team })).sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
      ),
      addTeam: (name, team, change) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* unknown(teams, hostname)
          yield* record("device_teams", hostname, change, null, { hostname, team_assignment: team })
          teams.set(hostname, team)
        })),
      updateTeam: (name, team, change) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* known(teams, hostname)
          const before = { hostname, team_assignment: teams.get(hostname) ?? null }
          yield* record("device_teams", hostname, change, before, { hostname, team_assignment: team })
          teams.set(hostname, team)
        })),
      removeTeam: (name, change) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* known(teams, hostname)
          yield* record(
            "device_teams",
            hostname,
            change,
            { hostname, team_assignment: teams.get(hostname) ?? null },
            null
          )
          teams.delete(hostname)
        }))
    })
  })
)

/** The fields of a draft and nothing that came with them. */
const only = (
  { devHandling, isActive, matchString, matchType, priority, prodHandling, syslogSeverity, teamAssignment, trapOid }:
    RuleDraft
): RuleDraft => ({
  matchType,
  matchString,
  trapOid,
  syslogSeverity,
  priority,
  prodHandling,
  devHandling,
  teamAssignment,
  isActive
})
