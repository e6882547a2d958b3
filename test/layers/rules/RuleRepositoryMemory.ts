import { Clock, Effect, Layer, Semaphore } from "effect"
import { changeRecord } from "../../../layers/audit/changeRecord.ts"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import {
  type JudgedRequest,
  RuleRepository,
  RuleRepositoryUnavailable,
  type RuleRequest,
  RulesMoved
} from "../../../layers/rules/RuleRepository.ts"
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
    /** Rules that were deleted. */
    const gone = new Map<number, StoredRule>()
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
    const judged = ({ judgedAt }: JudgedRequest) =>
      Effect.suspend(() => {
        const version = versions.newest()
        return judgedAt === undefined || judgedAt === version ? Effect.void : Effect.fail(new RulesMoved({ version }))
      })
    const remove = (id: number) => {
      const rule = rules.get(id)
      if (rule !== undefined) gone.set(id, rule)
      rules.delete(id)
    }
    const deletedRule = (id: number) =>
      Effect.suspend(() => {
        const found = rules.has(id) ? undefined : gone.get(id)
        return found === undefined ? Effect.fail(ruleNotFound()) : Effect.succeed(found)
      })
    const ruleSeen = Effect.fnUntraced(function*(id: number, request: RuleRequest) {
      yield* judged(request)
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
      request: JudgedRequest,
      edit: (before: AuditedValues | undefined, hostname: string) => Effect.Effect<AuditedValues | undefined, E>
    ) =>
      one(Effect.gen(function*() {
        yield* judged(request)
        const author = authorOf(request)
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
      createRule: (draft, request) =>
        one(Effect.gen(function*() {
          yield* judged(request)
          const author = authorOf(request)
          if (draft.name !== undefined) yield* freeName(draft.name, 0)
          const stored = yield* add(draft, author)
          yield* committed(author)
          return stored
        })),
      deletedRule,
      restoreRule: (id, request) =>
        one(Effect.gen(function*() {
          yield* judged(request)
          const old = yield* deletedRule(id)
          yield* freeName(old.name, id)
          const stored = yield* add(old, authorOf(request), id)
          yield* committed(authorOf(request))
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
          remove(id)
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
          replaceInMemory(
            { versions, remove, hosts, teams, tests, record, store, add, committed },
            wanted,
            seen,
            author
          )
        ),
      developmentHosts: Effect.sync(() => versions.present().developmentHosts),
      developmentHostsAfter: (after, most) =>
        Effect.sync(() => versions.present().developmentHosts.filter((name) => name > after).slice(0, most)),
      addDevelopmentHost: (name, request) =>
        editHost(
          "development_hosts",
          hosts,
          name,
          request,
          (before, hostname) => before === undefined ? Effect.succeed({ hostname }) : Effect.fail(hostExists())
        ),
      removeDevelopmentHost: (name, request) => editHost("development_hosts", hosts, name, request, removed),
      teams: Effect.sync(() => versions.present().teams),
      teamsAfter: (after, most) =>
        Effect.sync(() => versions.present().teams.filter(({ hostname }) => hostname > after).slice(0, most)),
      addTeam: (name, team_assignment, request) =>
        editHost(
          "device_teams",
          teams,
          name,
          request,
          (before, hostname) =>
            before === undefined ? Effect.succeed({ hostname, team_assignment }) : Effect.fail(hostHasTeam())
        ),
      updateTeam: (name, team_assignment, request) =>
        editHost(
          "device_teams",
          teams,
          name,
          request,
          (before) =>
            before === undefined ? Effect.fail(hostNotFound()) : Effect.succeed({ ...before, team_assignment })
        ),
      removeTeam: (name, request) => editHost("device_teams", teams, name, request, removed)
    })
  })
)

/** Host → its entry, as the audit shows it. */
type Entries = Map<string, AuditedValues>

const removed = (before: AuditedValues | undefined) =>
  before === undefined ? Effect.fail(hostNotFound()) : Effect.succeed(undefined)

/** Without what a stored rule has beside it. */
const toDraft = (rule: WantedRule) => fromRuleColumns(toRuleColumns(rule))

const authorOf = ({ actor, correlationId, reason }: JudgedRequest): ChangeAuthor => ({ actor, correlationId, reason })
