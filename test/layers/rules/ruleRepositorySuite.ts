import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { ConfigAudit, ConfigAuditFailed } from "../../../layers/audit/ConfigAudit.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { RuleDraft } from "../../../src/domain/Rule.ts"

const draft: RuleDraft = {
  matchType: "contains",
  matchString: "LINK-DOWN",
  trapOid: null,
  syslogSeverity: 3,
  priority: 50,
  prodHandling: "Page_and_ticket",
  devHandling: "Ignore",
  teamAssignment: "NetOps",
  isActive: true
}

const change = (correlationId: string, reason: string | null = null): ChangeAuthor => ({
  actor: "noc",
  reason,
  correlationId
})

/** What any rule book promises, whatever it is kept in. `fresh` is an empty one with its audit. */
export const ruleRepositorySuite = <E>(name: string, fresh: Layer.Layer<RuleRepository | ConfigAudit, E>) => {
  const recorded = (correlationId: string) =>
    ConfigAudit.use((audit) => audit.search({ limit: 10, correlationId })).pipe(Effect.map(({ rows }) => rows))

  layer(fresh, { excludeTestServices: true })(name, (it) => {
    it.effect("gives back a rule as it was written, with when", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const made = yield* book.createRule(draft, change("made"))
        const found = yield* book.rule(made.id)
        assert.deepStrictEqual(found, made)
        assert.deepInclude(found, draft)
        assert.strictEqual(new Date(found.createdAt).toISOString(), found.createdAt)
      }))

    it.effect("lists rules by priority, then by age", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const late = yield* book.createRule({ ...draft, priority: 900 }, change("order"))
        const first = yield* book.createRule({ ...draft, priority: 1 }, change("order"))
        const second = yield* book.createRule({ ...draft, priority: 1 }, change("order"))
        const ids = (yield* book.rules).map(({ id }) => id)
        assert.deepStrictEqual(ids.slice(0, 2), [first.id, second.id])
        assert.strictEqual(ids.at(-1), late.id)
      }))

    it.effect("records a creation with all values, an update with those that differ, a deletion with all", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const { id } = yield* book.createRule(draft, change("life", "first seen today"))
        yield* book.updateRule(id, (rule) => Effect.succeed({ ...rule, priority: 7 }), change("life"))
        yield* book.deleteRule(id, change("life", "gone"))
        const rows = yield* recorded("life")
        assert.deepStrictEqual(
          rows.map(({ operation, reason, key, table }) => [operation, table, key, reason]),
          [
            ["DELETE", "alert_rules", String(id), "gone"],
            ["UPDATE", "alert_rules", String(id), null],
            ["CREATE", "alert_rules", String(id), "first seen today"]
          ]
        )
        assert.deepStrictEqual(rows[1]?.before, { priority: 50 })
        assert.deepStrictEqual(rows[1]?.after, { priority: 7 })
        assert.strictEqual(rows[0]?.before?.["priority"], 7)
        assert.isNull(rows[0]?.after)
        assert.isNull(rows[2]?.before)
        assert.deepInclude(rows[2]?.after, { match_string: "LINK-DOWN", syslog_severity: 3, is_active: true })
        assert.isTrue(rows.every(({ actor }) => actor === "noc"))
      }))

    it.effect("knows a deleted rule no more", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const { id } = yield* book.createRule(draft, change("deleted"))
        yield* book.deleteRule(id, change("deleted"))
        const keep = (rule: RuleDraft) => Effect.succeed(rule)
        assert.strictEqual((yield* Effect.flip(book.rule(id)))._tag, "RuleNotFound")
        assert.strictEqual((yield* Effect.flip(book.deleteRule(id, change("x"))))._tag, "RuleNotFound")
        assert.strictEqual((yield* Effect.flip(book.updateRule(id, keep, change("x"))))._tag, "RuleNotFound")
        assert.isFalse((yield* book.rules).some((rule) => rule.id === id))
      }))

    it.effect("has no rule of a number beyond what a rule can have", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        for (const id of [0, -1, 2 ** 31, 2 ** 40]) {
          assert.strictEqual((yield* Effect.flip(book.rule(id)))._tag, "RuleNotFound")
        }
      }))

    it.effect("changes and records nothing when the edit refuses", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const made = yield* book.createRule(draft, change("refusal"))
        const failed = yield* Effect.flip(book.updateRule(made.id, () => Effect.fail("no" as const), change("refused")))
        assert.strictEqual(failed, "no")
        assert.deepStrictEqual(yield* book.rule(made.id), made)
        assert.deepStrictEqual(yield* recorded("refused"), [])
      }))

    it.effect("loses no update among many at once", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const { id } = yield* book.createRule({ ...draft, priority: 0 }, change("race"))
        yield* Effect.replicateEffect(
          book.updateRule(id, (rule) => Effect.succeed({ ...rule, priority: rule.priority + 1 }), change("race")),
          8,
          { concurrency: 8 }
        )
        assert.strictEqual((yield* book.rule(id)).priority, 8)
      }))

    it.effect("keeps host names in lower case, once each, and records them", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        yield* book.addDevelopmentHost("DEV-Router1", change("hosts"))
        yield* book.addDevelopmentHost("lab-*", change("hosts"))
        assert.strictEqual(
          (yield* Effect.flip(book.addDevelopmentHost("dev-router1", change("again"))))._tag,
          "HostExists"
        )
        assert.deepStrictEqual(yield* book.developmentHosts, ["dev-router1", "lab-*"])
        yield* book.removeDevelopmentHost("Dev-Router1", change("hosts"))
        assert.strictEqual(
          (yield* Effect.flip(book.removeDevelopmentHost("dev-router1", change("again"))))._tag,
          "HostNotFound"
        )
        assert.deepStrictEqual(yield* book.developmentHosts, ["lab-*"])
        assert.deepStrictEqual(
          (yield* recorded("hosts")).map(({ operation, key }) => `${operation} ${key}`),
          ["DELETE dev-router1", "CREATE lab-*", "CREATE dev-router1"]
        )
        assert.deepStrictEqual(yield* recorded("again"), [])
      }))

    it.effect("keeps a team for each host, and records it", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        yield* book.addTeam("SW1", "NetOps", change("teams"))
        assert.strictEqual((yield* Effect.flip(book.addTeam("sw1", "Other", change("x"))))._tag, "HostExists")
        yield* book.updateTeam("sw1", "Security", change("teams"))
        assert.deepStrictEqual(yield* book.teams, [{ hostname: "sw1", team: "Security" }])
        yield* book.removeTeam("sw1", change("teams"))
        assert.strictEqual((yield* Effect.flip(book.updateTeam("sw1", "X", change("x"))))._tag, "HostNotFound")
        assert.strictEqual((yield* Effect.flip(book.removeTeam("sw1", change("x"))))._tag, "HostNotFound")
        const rows = yield* recorded("teams")
        assert.deepStrictEqual(rows.map(({ operation }) => operation), ["DELETE", "UPDATE", "CREATE"])
        assert.deepStrictEqual(rows[1]?.before, { team_assignment: "NetOps" })
        assert.deepStrictEqual(rows[1]?.after, { team_assignment: "Security" })
      }))

    it.effect("gives hosts and teams part by part, each after a name, in the order of their bytes", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const names = ["zz-1", "zz_1", "zz.1", "zz*", "zza"]
        yield* Effect.forEach(names, (name) => book.addDevelopmentHost(name, change("parts")))
        yield* Effect.forEach(names, (name) => book.addTeam(name, "NetOps", change("parts")))
        const hosts = yield* book.developmentHostsAfter("zz", 3)
        const teams = yield* book.teamsAfter("zz", 3)
        assert.deepStrictEqual(hosts, ["zz*", "zz-1", "zz.1"])
        assert.deepStrictEqual(teams, hosts.map((hostname) => ({ hostname, team: "NetOps" })))
        assert.deepStrictEqual(yield* book.developmentHostsAfter("zz.1", 3), ["zz_1", "zza"])
        assert.deepStrictEqual((yield* book.teamsAfter("zz.1", 3)).map(({ hostname }) => hostname), ["zz_1", "zza"])
      }))

    it.effect("keeps text as it was written", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        const matchString = "'; DROP TABLE alert_rules; -- \\ \"ü\" 火 $1"
        const { id } = yield* book.createRule({ ...draft, matchString }, change("text", "O'Brien ☂"))
        assert.strictEqual((yield* book.rule(id)).matchString, matchString)
        const [row] = yield* recorded("text")
        assert.strictEqual(row?.reason, "O'Brien ☂")
        assert.strictEqual(row?.after?.["match_string"], matchString)
      }))
  })
}

/** What any record of changes promises to its readers. */
export const configAuditSuite = <E>(name: string, fresh: Layer.Layer<ConfigAudit, E>) =>
  layer(fresh, { excludeTestServices: true })(name, (it) => {
    it.effect("pages through all rows once each, newest first", () =>
      Effect.gen(function*() {
        const audit = yield* ConfigAudit
        yield* Effect.forEach([1, 2, 3, 4, 5], (number) =>
          audit.record({
            actor: `Person-${number}`,
            operation: "CREATE",
            table: "pages",
            key: String(number),
            before: null,
            after: { number },
            reason: null,
            correlationId: "c-1"
          }))
        const seen: Array<string> = []
        let cursor: string | undefined
        do {
          const page = yield* audit.search({ limit: 2, table: "pages", cursor })
          seen.push(...page.rows.map(({ key }) => key))
          cursor = page.nextCursor
        } while (cursor !== undefined)
        assert.deepStrictEqual(seen, ["5", "4", "3", "2", "1"])
        const who = yield* audit.search({ limit: 9, table: "pages", actor: "person-3" })
        assert.deepStrictEqual(who.rows.map(({ after }) => after), [{ number: 3 }])
        const literally = yield* audit.search({ limit: 9, table: "pages", actor: "person_%" })
        assert.deepStrictEqual(literally.rows, [])
      }))

    it.effect("finds by time, operation and record", () =>
      Effect.gen(function*() {
        const audit = yield* ConfigAudit
        const row = {
          actor: "a",
          table: "when",
          before: null,
          after: null,
          reason: null,
          correlationId: "c"
        }
        yield* audit.record({ ...row, operation: "DELETE", key: "one" })
        yield* audit.record({ ...row, operation: "UPDATE", key: "two" })
        const count = (query: object) =>
          Effect.map(audit.search({ limit: 9, table: "when", ...query }), ({ rows }) => rows.length)
        assert.strictEqual(yield* count({ operation: "DELETE" }), 1)
        assert.strictEqual(yield* count({ key: "two" }), 1)
        assert.strictEqual(yield* count({ from: "2000-01-01T00:00:00Z", to: "2999-01-01T00:00:00Z" }), 2)
        assert.strictEqual(yield* count({ to: "2000-01-01T00:00:00Z" }), 0)
      }))

    it.effect("refuses a cursor it did not give", () =>
      Effect.gen(function*() {
        const audit = yield* ConfigAudit
        const failed = yield* Effect.flip(audit.search({ limit: 1, cursor: "x' OR 1=1" }))
        assert.deepStrictEqual([failed instanceof ConfigAuditFailed, failed.reason], [true, "query"])
      }))
  })
