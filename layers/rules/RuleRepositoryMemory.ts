import { Clock, Effect, Layer, Semaphore } from "effect"
import { type StoredRule, toRuleColumns } from "../../src/domain/Rule.ts"
import { type HostExists, hostExists, hostHasTeam, hostNotFound, ruleNotFound } from "../../src/domain/RuleProblems.ts"
import { ConfigAudit } from "../audit/ConfigAudit.ts"
import { changeRecord } from "./changeRecord.ts"
import { RuleRepository, RuleRepositoryUnavailable } from "./RuleRepository.ts"

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
        return found === undefined ? Effect.fail(ruleNotFound()) : Effect.succeed(found)
      })
    const known = (table: { has: (name: string) => boolean }, hostname: string) =>
      table.has(hostname) ? Effect.void : Effect.fail(hostNotFound())
    const unknown = (table: { has: (name: string) => boolean }, hostname: string, exists: () => HostExists) =>
      table.has(hostname) ? Effect.fail(exists()) : Effect.void

    return RuleRepository.of({
      rules: Effect.sync(() => [...rules.values()].sort((a, b) => a.priority - b.priority || a.id - b.id)),
      rule,
      createRule: (draft, author) =>
        one(Effect.gen(function*() {
          const at = yield* now
          const id = lastId + 1
          yield* record("alert_rules", String(id), author, null, toRuleColumns(draft))
          const stored = { ...draft, id, createdAt: at, updatedAt: at }
          lastId = id
          rules.set(id, stored)
          return stored
        })),
      updateRule: (id, edit, author) =>
        one(Effect.gen(function*() {
          const before = yield* rule(id)
          const draft = yield* edit(before)
          yield* record("alert_rules", String(id), author, toRuleColumns(before), toRuleColumns(draft))
          const stored = { ...draft, id, createdAt: before.createdAt, updatedAt: yield* now }
          rules.set(id, stored)
          return stored
        })),
      deleteRule: (id, author) =>
        one(Effect.gen(function*() {
          const before = yield* rule(id)
          yield* record("alert_rules", String(id), author, toRuleColumns(before), null)
          rules.delete(id)
        })),
      developmentHosts: Effect.sync(() => [...hosts].sort()),
      addDevelopmentHost: (name, author) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* unknown(hosts, hostname, hostExists)
          yield* record("development_hosts", hostname, author, null, { hostname })
          hosts.add(hostname)
        })),
      removeDevelopmentHost: (name, author) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* known(hosts, hostname)
          yield* record("development_hosts", hostname, author, { hostname }, null)
          hosts.delete(hostname)
        })),
      teams: Effect.sync(() =>
        [...teams].map(([hostname, team]) => ({ hostname, team })).sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
      ),
      addTeam: (name, team, author) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* unknown(teams, hostname, hostHasTeam)
          yield* record("device_teams", hostname, author, null, { hostname, team_assignment: team })
          teams.set(hostname, team)
        })),
      updateTeam: (name, team, author) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* known(teams, hostname)
          const before = { hostname, team_assignment: teams.get(hostname) ?? null }
          yield* record("device_teams", hostname, author, before, { hostname, team_assignment: team })
          teams.set(hostname, team)
        })),
      removeTeam: (name, author) =>
        one(Effect.gen(function*() {
          const hostname = name.toLowerCase()
          yield* known(teams, hostname)
          yield* record(
            "device_teams",
            hostname,
            author,
            { hostname, team_assignment: teams.get(hostname) ?? null },
            null
          )
          teams.delete(hostname)
        }))
    })
  })
)
