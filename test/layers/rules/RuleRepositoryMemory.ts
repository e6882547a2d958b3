import { Clock, Effect, Layer, Semaphore } from "effect"
import { changeRecord } from "../../../layers/audit/changeRecord.ts"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { RuleRepository, RuleRepositoryUnavailable, type RuleRequest } from "../../../layers/rules/RuleRepository.ts"
import type { AuditedValues } from "../../../src/domain/ChainEntry.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import {
  fromRuleColumns,
  type StoredRule,
  toNamedColumns,
  toRuleColumns,
  type WantedRule
} from "../../../src/domain/Rule.ts"
import { hostExists, hostHasTeam, hostNotFound, ruleNameTaken, ruleNotFound } from "../../../src/domain/RuleProblems.ts"
import { versionStale, VersionUnknown } from "../../../src/domain/SettingProblems.ts"
import { makeVersionsMemory, replaceInMemory } from "./ruleVersionsMemory.ts"

/** Keeps rules in memory, for tests. Records each change before it makes it. */
export const RuleRepositoryMemory = Layer.effect(
  RuleRepository,
  Effect.gen(function*() {
    const audit = yield* ConfigAudit
    const one = Semaphore.makeUnsafe(1).withPermits(1)
    const rules = new Map<number, StoredRule>()
    const hosts: Entries = new Map()
    const teams: Entries = new Map()
    const tests = new Map<string, string>()
    let lastId = 0

    const record = (...parts: Parameters<typeof changeRecord>) =>
      Effect.mapError(
        audit.record(changeRecord(...parts)),
        ({ detail }) => new RuleRepositoryUnavailable({ detail, outcome: "unchanged" })
      )
    const now = Effect.map(Clock.currentTimeMillis, (millis) => new Date(millis).toISOString())
    const sorted = () => [...rules.values()].sort((a, b) => a.priority - b.priority || a.id - b.id)
    const versions = makeVersionsMemory(() => ({
      rules: sorted(),
      developmentHosts: [...hosts.keys()].sort(),
      teams: [...teams].map(([hostname, entry]) => ({ hostname, team: String(entry["team_assignment"]) }))
        .sort((a, b) => (a.hostname < b.hostname ? -1 : 1)),
      tests: [...tests].map(([name, test]) => ({ name, test })).sort((a, b) => (a.name < b.name ? -1 : 1))
    }))

    const rule = (id: number) =>
      Effect.suspend(() => {
        const found = rules.get(id)
        return found === undefined ? Effect.fail(ruleNotFound()) : Effect.succeed(found)
      })
    const ruleSeen = Effect.fnUntraced(function*(id: number, request: RuleRequest) {
      const found = yield* rule(id)
      const stale = versionStale(request, { epoch: "", version: found.version, newest: versions.newest() })
      return stale === undefined ? found : yield* stale
    })
    const freeName = Effect.fnUntraced(function*(name: string, id: number) {
      const other = sorted().find((other) => other.name === name && other.id !== id)
      if (other !== undefined) return yield* ruleNameTaken(name, other.id)
    })
    /** Stores a rule as of the version that comes next. */
    const store = Effect.fnUntraced(function*(draft: WantedRule & { readonly name: string }, id: number) {
      const at = yield* now
      const createdAt = rules.get(id)?.createdAt ?? at
      const stored = {
        ...toDraft(draft),
        name: draft.name,
        id,
        version: versions.newest() + 1,
        createdAt,
        updatedAt: at
      }
      rules.set(id, stored)
      return stored
    })
    const add = Effect.fnUntraced(function*(draft: WantedRule, author: ChangeAuthor, known?: number) {
      const id = known ?? lastId + 1
      const { name = `rule-${id}` } = draft
      yield* record("alert_rules", String(id), author, null, toNamedColumns({ ...draft, name }))
      lastId = Math.max(id, lastId)
      return yield* store({ ...draft, name }, id)
    })
    const committed = (author: ChangeAuthor, changes = 1) =>
      Effect.map(now, (changedAt) => versions.commit({ ...author, changedAt, changes }))

    /** Replaces the entry of a host by what `edit` returns; `undefined` removes it. */
    const editHost = <E>(
      table: "development_hosts" | "device_teams",
      entries: Entries,
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
        yield* committed(author)
      }))

    return RuleRepository.of({
      rules: Effect.sync(sorted),
      rule,
      createRule: (draft, author) =>
        one(Effect.gen(function*() {
          if (draft.name !== undefined) yield* freeName(draft.name, 0)
          const stored = yield* add(draft, author)
          yield* committed(author)
          return stored
        })),
      updateRule: (id, edit, request) =>
        one(Effect.gen(function*() {
          const before = yield* ruleSeen(id, request)
          const draft = yield* edit(before)
          const { name = before.name } = draft
          yield* freeName(name, id)
          const author = authorOf(request)
          const after = { ...draft, name }
          yield* record("alert_rules", String(id), author, toNamedColumns(before), toNamedColumns(after))
          const stored = yield* store(after, id)
          yield* committed(author)
          return stored
        })),
      deleteRule: (id, request) =>
        one(Effect.gen(function*() {
          const before = yield* ruleSeen(id, request)
          yield* record("alert_rules", String(id), authorOf(request), toNamedColumns(before), null)
          rules.delete(id)
          yield* committed(authorOf(request))
        })),
      ruleSet: Effect.sync(versions.present),
      ruleSetAt: (version) =>
        Effect.suspend(() => {
          const found = versions.at(version)
          return found === undefined
            ? Effect.fail(new VersionUnknown({ detail: `There is no version ${version} of the rules.` }))
            : Effect.succeed(found)
        }),
      versions: (limit, before) => Effect.sync(() => versions.list(limit, before)),
      replaceRuleSet: (wanted, seen, author) =>
        one(
          replaceInMemory({ versions, rules, hosts, teams, tests, record, store, add, committed }, wanted, seen, author)
        ),
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
      teams: Effect.sync(() => versions.present().teams),
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
type Entries = Map<string, AuditedValues>

const removed = (before: AuditedValues | undefined) =>
  before === undefined ? Effect.fail(hostNotFound()) : Effect.succeed(undefined)

/** Without what a stored rule has beside it. */
const toDraft = (rule: WantedRule) => fromRuleColumns(toRuleColumns(rule))

const authorOf = ({ actor, correlationId, reason }: RuleRequest): ChangeAuthor => ({ actor, correlationId, reason })
