import { Clock, Effect, Layer, Semaphore } from "effect"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { changeRecord } from "../../../layers/rules/changeRecord.ts"
import { RuleRepository, RuleRepositoryUnavailable } from "../../../layers/rules/RuleRepository.ts"
import type { AuditedValues } from "../../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import { type StoredRule, toRuleColumns } from "../../../src/domain/Rule.ts"
import { hostExists, hostHasTeam, hostNotFound, ruleNotFound } from "../../../src/domain/RuleProblems.ts"

/** Keeps rules in memory, for tests. Records each change before it makes it. */
export const RuleRepositoryMemory = Layer.effect(
  RuleRepository,
  Effect.gen(function*() {
    const audit = yield* ConfigAudit
    const one = Semaphore.makeUnsafe(1).withPermits(1)
    const rules = new Map<number, StoredRule>()
    const hosts: Hosts = new Map()
    const teams: Hosts = new Map()
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
    /** Replaces the entry of a host by what `edit` returns; `undefined` removes it. */
    const editHost = <E>(
      table: "development_hosts" | "device_teams",
      entries: Hosts,
      name: string,
      author: ChangeAuthor,
      edit: (before: AuditedValues | undefined, hostname: string) => Effect.Effect<AuditedValues | undefined, E>
    ) =>
      one(Effect.gen(function*() {
        const hostname = name.toLowerCase()
        const before = entries.get(hostname)
        const after = yield* edit(before, hostname)
        yield* record(table, hostname, author, before ?? null, after ?? null)
        if (after === undefined) entries.delete(hostname)
        else entries.set(hostname, after)
      }))

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
      developmentHosts: Effect.sync(() => [...hosts.keys()].sort()),
      addDevelopmentHost: (name, author) =>
        editHost(
          "development_hosts",
          hosts,
          name,
          author,
          (before, hostname) => before === undefined ? Effect.succeed({ hostname }) : Effect.fail(hostExists())
        ),
      removeDevelopmentHost: (name, author) => editHost("development_hosts", hosts, name, author, removed),
      teams: Effect.sync(() =>
        [...teams].map(([hostname, entry]) => ({ hostname, team: String(entry["team_assignment"]) }))
          .sort((a, b) => (a.hostname < b.hostname ? -1 : 1))
      ),
      addTeam: (name, team_assignment, author) =>
        editHost(
          "device_teams",
          teams,
          name,
          author,
          (before, hostname) =>
            before === undefined ? Effect.succeed({ hostname, team_assignment }) : Effect.fail(hostHasTeam())
        ),
      updateTeam: (name, team_assignment, author) =>
        editHost(
          "device_teams",
          teams,
          name,
          author,
          (before) =>
            before === undefined ? Effect.fail(hostNotFound()) : Effect.succeed({ ...before, team_assignment })
        ),
      removeTeam: (name, author) => editHost("device_teams", teams, name, author, removed)
    })
  })
)

/** Host → its entry, as the audit shows it. */
type Hosts = Map<string, AuditedValues>

const removed = (before: AuditedValues | undefined) =>
  before === undefined ? Effect.fail(hostNotFound()) : Effect.succeed(undefined)
