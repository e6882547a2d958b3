import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { isAsWritten } from "../../../services/web-ui/console/pages/audit/changeRow.ts"
import type { ConfigAuditEntry } from "../../../src/api/web-ui/AuditLogs.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { call, running, Stores } from "./harness.ts"

const rule = { match_string: "X", prod_handling: "Ignore", dev_handling: "Ignore", team_assignment: "T" }

const event = (number: number): Event => ({
  id: `0190a000-0000-7000-8000-${String(number).padStart(12, "0")}`,
  correlationId: `c-${number}`,
  source: "http",
  sender: "collector",
  receivedAt: `2026-08-22T10:00:0${number}.000Z`,
  timestamp: `2026-08-22T10:00:0${number}.000Z`,
  hostname: number % 2 === 0 ? "even" : "odd",
  message: `message ${number}`
})

const Recorded = Layer.effectDiscard(EventAudit.use((audit) =>
  audit.record([1, 2, 3, 4, 5].map((number) => ({
    event: event(number),
    raw: JSON.stringify(event(number)),
    decision: {
      outcome: number === 5 ? "forwarded" as const : "unmatched" as const,
      environment: "prod" as const,
      ruleId: number === 5 ? 7 : null,
      handling: number === 5 ? "Page_only" as const : null,
      team: "NETO",
      reason: "because",
      rulesVersion: 1,
      cause: null,
      causeId: null
    }
  })))
)).pipe(Layer.orDie)

type Entry = typeof ConfigAuditEntry.Type

const changesOf = (correlationId: string): Effect.Effect<ReadonlyArray<Entry>, unknown, HttpClient.HttpClient> =>
  Effect.map(call("GET", `/api/v1/audit?correlation_id=${correlationId}`), ({ body }) => body.logs)

layer(running(Layer.provideMerge(Recorded, Stores)), { excludeTestServices: true })("the audit", (it) => {
  it.effect("names the caller and the reason of every change to rules, hosts and teams", () =>
    Effect.gen(function*() {
      const headers = { "x-correlation-id": "req-1" }
      const options = { key: "operator-key-of-tests", headers }
      const { body: { id } } = yield* call("POST", "/api/v1/rules", { ...options, body: { ...rule, reason: "new" } })
      yield* call("PUT", `/api/v1/rules/${id}`, { ...options, body: { priority: 3, reason: "more urgent" } })
      yield* call("DELETE", `/api/v1/rules/${id}`, { ...options, body: { reason: "done" } })
      yield* call("POST", "/api/v1/dev-hosts", { ...options, body: { hostname: "H1" } })
      yield* call("DELETE", "/api/v1/dev-hosts/h1", options)
      yield* call("POST", "/api/v1/teams", { ...options, body: { hostname: "h2", team_assignment: "A" } })
      yield* call("PUT", "/api/v1/teams/h2", { ...options, body: { team_assignment: "B" } })
      yield* call("DELETE", "/api/v1/teams/h2", options)
      const logs = yield* changesOf("req-1")
      assert.deepStrictEqual(logs.map(({ operation, record_id, table_name }) => [operation, table_name, record_id]), [
        ["DELETE", "device_teams", "h2"],
        ["UPDATE", "device_teams", "h2"],
        ["CREATE", "device_teams", "h2"],
        ["DELETE", "development_hosts", "h1"],
        ["CREATE", "development_hosts", "h1"],
        ["DELETE", "alert_rules", id],
        ["UPDATE", "alert_rules", id],
        ["CREATE", "alert_rules", id]
      ])
      assert.isTrue(logs.every(({ changed_by }) => changed_by === "noc"))
      assert.isTrue(logs.every(({ entry_hash }) => /^[0-9a-f]{64}$/.test(entry_hash)))
      assert.deepStrictEqual(
        logs.slice(0, -1).map((entry) => entry.previous_hash),
        logs.slice(1).map((entry) => entry.entry_hash)
      )
      assert.isTrue(logs.every(isAsWritten))
      assert.isFalse(logs.some((entry) => isAsWritten({ ...entry, reason: "another" })))
      assert.deepStrictEqual(logs.slice(5).map(({ reason }) => reason), ["done", "more urgent", "new"])
      assert.deepStrictEqual([logs[6]?.old_values, logs[6]?.new_values], [{ priority: 100 }, { priority: 3 }])
    }))

  it.effect("cannot be slipped past with a long or strange correlation id", () =>
    Effect.gen(function*() {
      const long = "a".repeat(40)
      const kept = yield* call("POST", "/api/v1/rules", { body: rule, headers: { "x-correlation-id": long } })
      assert.deepStrictEqual([kept.status, kept.headers["x-correlation-id"]], [201, long])
      assert.strictEqual((yield* changesOf(long)).length, 1)
      for (const strange of ["a".repeat(65), "two words", "semi;colon", "ü"]) {
        const made = yield* call("POST", "/api/v1/rules", {
          body: { ...rule, match_string: `of ${strange.length}` },
          headers: { "x-correlation-id": strange }
        })
        const given = made.headers["x-correlation-id"] ?? ""
        assert.strictEqual(made.status, 201)
        assert.notStrictEqual(given, strange)
        assert.strictEqual((yield* changesOf(given)).length, 1)
      }
    }))

  it.effect("cannot be slipped past with a reason that is no text: nothing is changed", () =>
    Effect.gen(function*() {
      const count = Effect.map(call("GET", "/api/v1/rules"), ({ body }) => body.rules.length)
      const before = yield* count
      for (const reason of [{ a: 1 }, 7, ["x"], "x".repeat(1_001), "nul\u0000"]) {
        const made = yield* call("POST", "/api/v1/rules", { body: { ...rule, reason } })
        assert.deepStrictEqual([made.status, made.body.errors[0].field], [422, "reason"])
        assert.strictEqual((yield* call("DELETE", "/api/v1/rules/1", { body: { reason } })).status, 422)
      }
      assert.strictEqual(yield* count, before)
    }))

  it.effect("shows changes without values under the documented name, and pages", () =>
    Effect.gen(function*() {
      const first = yield* call("GET", "/api/v2/config-audit?limit=2")
      assert.deepStrictEqual(first.body.changes.length, 2)
      assert.notProperty(first.body.changes[0], "new_values")
      assert.deepInclude(first.body.pagination, { limit: 2, page: 1, has_more: true })
      const second = yield* call("GET", `/api/v2/config-audit?limit=2&cursor=${first.body.pagination.next_cursor}`)
      const byNumber = yield* call("GET", "/api/v2/config-audit?limit=2&page=2")
      assert.deepStrictEqual(byNumber.body.changes, second.body.changes)
      const lower = yield* call("GET", "/api/v1/config-audit?operation=create&table_name=alert_rules")
      assert.isTrue(lower.body.changes.every(({ operation }: { operation: string }) => operation === "CREATE"))
    }))

  it.effect("tells of every event what was decided, newest first, one page after the other", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      let cursor = ""
      for (let turn = 0; turn < 3; turn++) {
        const { body } = yield* call("GET", `/api/v1/audit-logs?limit=2${cursor}`, { key: "viewer-key-of-tests" })
        seen.push(...body.logs.map(({ correlation_id }: { correlation_id: string }) => correlation_id))
        cursor = `&cursor=${encodeURIComponent(body.pagination.next_cursor ?? "")}`
        assert.strictEqual(body.pagination.has_more, turn < 2)
      }
      assert.deepStrictEqual(seen, ["c-5", "c-4", "c-3", "c-2", "c-1"])
    }))

  it.effect("finds events by host, rule, outcome, request and time", () =>
    Effect.gen(function*() {
      const found = (query: string) =>
        Effect.map(
          call("GET", `/api/v1/audit-logs?${query}`),
          ({ body }) => body.logs.map(({ correlation_id }: { correlation_id: string }) => correlation_id)
        )
      assert.deepStrictEqual(yield* found("hostname=EVEN"), ["c-4", "c-2"])
      assert.deepStrictEqual(yield* found("rule_id=7"), ["c-5"])
      assert.deepStrictEqual(yield* found("outcome=forwarded"), ["c-5"])
      assert.deepStrictEqual(yield* found("correlation_id=c-3"), ["c-3"])
      assert.deepStrictEqual(yield* found("start_date=2026-08-22T10:00:04Z"), ["c-5", "c-4"])
      assert.deepStrictEqual(yield* found("end_date=2026-08-22T12:00:01+02:00"), ["c-1"])
      assert.deepStrictEqual(yield* found("start_date=2026-08-23"), [])
    }))

  it.effect("finds events by what held them back, and by the name of their rule", () =>
    Effect.gen(function*() {
      const { body: { id } } = yield* call("POST", "/api/v1/rules", {
        body: { ...rule, name: "held", match_string: "held back" }
      })
      const { version } = yield* (yield* RuleRepository).ruleSet
      const decision = {
        outcome: "suppressed",
        environment: "prod",
        ruleId: id,
        handling: "Ignore",
        team: "T",
        reason: "because",
        rulesVersion: version,
        cause: "handling",
        causeId: null
      } as const
      const held = { ...event(9), hostname: "held" }
      yield* (yield* EventAudit).record([{ event: held, raw: JSON.stringify(held), decision }])
      for (const query of ["cause=handling", "rule=held", "rule=held&cause=handling"]) {
        const { body } = yield* call("GET", `/api/v1/audit-logs?${query}`)
        assert.deepStrictEqual(body.logs.map(({ hostname }: { hostname: string }) => hostname), ["held"], query)
      }
      assert.deepStrictEqual((yield* call("GET", "/api/v1/audit-logs?rule=held&cause=canary")).body.logs, [])
    }))

  it.effect("names what it cannot make sense of", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<readonly [string, string]> = [
        ["audit-logs?limit=many", "limit"],
        ["audit-logs?rule_id=x", "rule_id"],
        ["audit-logs?outcome=lost", "outcome"],
        ["audit-logs?start_date=yesterday", "start_date"],
        ["audit-logs?cursor=zzz", "cursor"],
        ["audit-logs?page=101", "page"],
        ["config-audit?operation=drop", "operation"],
        ["config-audit?end_date=2026-13-01", "end_date"],
        ["audit?cursor=zzz", "cursor"]
      ]
      for (const [path, field] of cases) {
        const { body, status } = yield* call("GET", `/api/v1/${path}`)
        assert.deepStrictEqual([status, body.errors?.[0]?.field], [422, field], path)
      }
    }))

  it.effect("takes page sizes out of range as the nearest that is not", () =>
    Effect.gen(function*() {
      for (const [asked, given] of [[0, 1], [-5, 1], [1_000, 200]]) {
        const { body } = yield* call("GET", `/api/v1/audit-logs?limit=${asked}`)
        assert.strictEqual(body.pagination.limit, given)
      }
    }))
})
