import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DeliveryRecord } from "../../../layers/audit/DeliveryRecord.ts"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import type { Alert } from "../../../src/domain/Alert.ts"
import { signature } from "../../../src/logic/signatures.ts"
import { forwarded, record } from "../../layers/audit/eventAuditSuite.ts"
import { dead, delivered, parked, queueDriver } from "../../layers/queue/queueDriver.ts"
import { queues } from "./deadLetters/heldQueue.ts"
import { call, running, Stores } from "./harness.ts"

const idOf = (number: number) => `01998a00-0000-7000-8000-${number.toString(16).padStart(12, "0")}`

const made = (number: number, over: Partial<Alert> = {}): Alert => ({
  id: idOf(number),
  kind: "event",
  correlationId: "c",
  signature: `${over.hostname ?? "sw1"}::rule-7::${number}`,
  hostname: "sw1",
  message: "down",
  severity: 3,
  environment: "prod",
  handling: "Page_only",
  team: "NetOps",
  ruleId: 7,
  eventTimestamp: "2026-08-22T10:00:00.000Z",
  receivedAt: "2026-08-22T10:00:01.000Z",
  decidedAt: "2026-08-22T10:00:02.000Z",
  source: "syslog",
  ...over
})

const encoded = (alert: Alert) => ({ id: alert.id, signature: alert.signature, payload: JSON.stringify(alert) })

const get = (path: string) => call("GET", `/api/v1/alerts${path}`)
const retry = (body: object, headers: Record<string, string> = {}) =>
  call("POST", "/api/v1/alerts/retry", { key: "operator-key-of-tests", body, headers })

const states = (body: { alerts: ReadonlyArray<{ id: string; state: string }> }) =>
  body.alerts.map(({ id, state }) => [Number.parseInt(id.slice(-4), 16), state])

for (const [name, queue] of queues) {
  const world = running(Layer.merge(Stores, queue)).pipe(Layer.provideMerge(queue))
  layer(world, { excludeTestServices: true })(`alerts, in ${name}`, (it) => {
    it.effect("are listed wherever they are, page by page, with what the platform answered", () =>
      Effect.gen(function*() {
        const { finish, handOver, one } = yield* queueDriver
        const recorded = record(9, { severity: 3, message: "port 7 down" }, forwarded)
        yield* (yield* EventAudit).record([{ ...recorded, raw: JSON.stringify(recorded.event) }])
        yield* (yield* DeliveryRecord).record([
          { alertId: idOf(9), deliveredAt: Date.parse("2026-08-22T10:00:03.500Z"), tries: 2, attempts: [] },
          { alertId: idOf(10), deliveredAt: Date.parse("2026-08-22T10:00:03.400Z"), tries: 1, attempts: [] }
        ])
        yield* handOver([encoded(made(1, { signature: "S" })), encoded(made(2, { signature: "S" }))])
        yield* finish(yield* one(), parked(3_600_000))
        yield* handOver([encoded(made(3, { hostname: "sw2", team: "Voice", handling: "Ticket_only", ruleId: 8 }))])
        yield* finish(yield* one(), dead)
        yield* handOver([encoded(made(4))])
        yield* one({ leaseMs: 7_200_000 })
        yield* handOver([encoded(made(5))])

        const all = yield* get("")
        assert.strictEqual(all.status, 200)
        assert.deepStrictEqual(states(all.body), [
          [5, "waiting"],
          [1, "parked"],
          [4, "claimed"],
          [2, "waiting"],
          [3, "dead"],
          [9, "delivered"],
          [10, "delivered"]
        ])
        const [waiting, parkedOne, , behind, deadOne, deliveredOne, unknown] = all.body.alerts
        assert.deepInclude(waiting, { hostname: "sw1", team: "NetOps", handling: "Page_only", severity: 3, rule_id: 7 })
        assert.deepInclude(waiting, {
          decided_at: "2026-08-22T10:00:02.000Z",
          tries: 0,
          answer: null,
          delivered_at: null
        })
        assert.deepInclude(parkedOne, { signature: "S", tries: 1, answer: "http: HTTP 500" })
        assert.match(parkedOne.next_at, /^\d{4}-\d\d-\d\dT/)
        assert.isNull(behind.next_at)
        assert.deepInclude(deadOne, { hostname: "sw2", answer: "http: HTTP 400" })
        assert.deepInclude(deliveredOne, {
          hostname: "sw1",
          signature: signature("sw1", 7, "port 7 down"),
          team: "NetOps",
          handling: "Page_only",
          rule_id: 7,
          tries: 2,
          delivered_at: "2026-08-22T10:00:03.500Z",
          ms: 2_500
        })
        assert.deepInclude(unknown, { hostname: null, signature: null, ms: null, tries: 1 })

        const paged: Array<unknown> = []
        for (let query = "?limit=2"; query !== "";) {
          const { body } = yield* get(query)
          assert.isAtMost(body.alerts.length, 2)
          paged.push(...body.alerts)
          const next = body.pagination.next_cursor
          query = next === undefined ? "" : `?limit=2&cursor=${encodeURIComponent(next)}`
        }
        assert.deepStrictEqual(paged, all.body.alerts)
      }))

    it.effect("are told apart by state, host, signature, team, handling and rule, and counted", () =>
      Effect.gen(function*() {
        const found = (query: string) => Effect.map(get(query), ({ body }) => states(body).map(([number]) => number))
        assert.deepStrictEqual(yield* found("?state=parked,dead"), [1, 3])
        assert.deepStrictEqual(yield* found("?state=waiting"), [5, 2])
        assert.deepStrictEqual(yield* found("?host=SW2"), [3])
        assert.deepStrictEqual(yield* found("?signature=S"), [1, 2])
        assert.deepStrictEqual(yield* found("?team=Voice"), [3])
        assert.deepStrictEqual(yield* found("?handling=Ticket_only"), [3])
        assert.deepStrictEqual(yield* found("?rule=7&state=delivered"), [9])
        assert.strictEqual((yield* get("?state=gone")).status, 422)
        assert.strictEqual((yield* get("?hots=sw1")).status, 422)
        const groups = yield* get("/groups?by=host")
        assert.deepStrictEqual(groups.body, {
          groups: [
            { key: "sw1", count: 4, states: { waiting: 2, parked: 1, claimed: 1 } },
            { key: "sw2", count: 1, states: { dead: 1 } }
          ],
          total: 5,
          omitted: 0,
          exact: true
        })
        assert.strictEqual((yield* get("/groups?by=signature&state=delivered")).body.total, 2)
      }))

    it.effect("are shown one by one with their tries", () =>
      Effect.gen(function*() {
        const parkedOne = (yield* get(`/${idOf(1)}`)).body
        assert.strictEqual(parkedOne.state, "parked")
        assert.deepStrictEqual(parkedOne.attempts.map(({ detail }: { detail: string }) => detail), ["HTTP 500"])
        assert.strictEqual((yield* get(`/${idOf(3)}`)).body.state, "dead")
        assert.deepInclude((yield* get(`/${idOf(9)}`)).body, { state: "delivered", ms: 2_500, attempts: [] })
        const missing = yield* get(`/${idOf(99)}`)
        assert.deepStrictEqual([missing.status, missing.body._tag], [404, "AlertNotFound"])
      }))

    it.effect("that are parked are tried now, by id and by filter, if they are as many as expected", () =>
      Effect.gen(function*() {
        const { claimed, finish } = yield* queueDriver
        const differs = yield* retry({ filter: { signature: "S" }, expected: 2 })
        assert.deepStrictEqual([differs.status, differs.body._tag, differs.body.found], [409, "CountDiffers", 1])
        const headers = { "x-correlation-id": "hurry", "idempotency-key": `hurry ${name}` }
        const ask = retry({ filter: { signature: "S" }, expected: 1, reason: "mended" }, headers)
        const first = yield* ask
        assert.deepStrictEqual([first.status, first.body], [200, { matched: 1, retried: 1, skipped: 0 }])
        assert.deepStrictEqual((yield* ask).body, first.body)
        assert.deepStrictEqual((yield* retry({ ids: [idOf(1), idOf(4), idOf(77)] })).body, {
          matched: 3,
          retried: 0,
          skipped: 3
        })
        const now = yield* claimed()
        assert.sameMembers(now.map(({ id }) => id), [idOf(5), idOf(1)])
        for (const one of now) yield* finish(one, delivered)
        const { body: { logs } } = yield* call("GET", "/api/v1/audit?correlation_id=hurry")
        assert.deepInclude(logs[0], { table_name: "alerts", record_id: "parked", reason: "mended" })
        assert.deepStrictEqual(logs[0].new_values, {
          action: "retry",
          phase: "done",
          filter: { signature: "S" },
          matched: 1,
          retried: 1
        })
      }))
  })
}
