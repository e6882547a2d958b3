import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { whole } from "../../layers/audit/eventListSuite.ts"
import { call, running, Stores } from "./harness.ts"

const hour = 3_600_000
const startedAt = Date.now()
const ago = (hours: number) => new Date(startedAt - hours * hour).toISOString()
const heard = (number: number, hostname: string, hours: number) =>
  whole(number, { hostname, receivedAt: ago(hours), timestamp: ago(hours) })

const Recorded = Layer.effectDiscard(EventAudit.use((audit) =>
  audit.record([
    heard(1, "lab-1", 1),
    heard(2, "lab-1", 2),
    heard(3, "lab-1", 30),
    heard(4, "core-1", 3),
    heard(5, "core-2", 40),
    heard(6, "long-gone", 24 * 8)
  ])
)).pipe(Layer.orDie)

const operator = { key: "operator-key-of-tests" }
const viewer = { key: "viewer-key-of-tests" }
const list = (query = "") => Effect.map(call("GET", `/api/v1/hosts${query}`, viewer), ({ body }) => body)
const namesOf = (query: string) =>
  Effect.map(
    list(query),
    ({ hosts }) => (hosts as ReadonlyArray<{ readonly hostname: string }>).map(({ hostname }) => hostname)
  )
const importing = (body: object, key = operator) => call("POST", "/api/v1/hosts/import", { body, ...key })
const versionNow = Effect.map(call("GET", "/api/v1/rules/versions?limit=1"), ({ body }) => body.versions[0]?.version)

layer(running(Layer.provideMerge(Recorded, Stores)), { excludeTestServices: true })("hosts heard of", (it) => {
  it.effect("are listed by name, with what decided who looks after them", () =>
    Effect.gen(function*() {
      yield* call("POST", "/api/v1/dev-hosts", { ...operator, body: { hostname: "lab-*" } })
      yield* call("POST", "/api/v1/teams", { ...operator, body: { hostname: "core-?", team_assignment: "Core" } })
      yield* call("POST", "/api/v1/teams", { ...operator, body: { hostname: "core-2", team_assignment: "Two" } })
      const ends_at = new Date(startedAt + hour).toISOString()
      const silence = (match: object) =>
        Effect.map(
          call("POST", "/api/v1/silences", { body: { match, ends_at, comment: "c" } }),
          ({ body }) => body.id as number
        )
      const named = yield* silence({ hosts: ["CORE-1"] })
      const dev = yield* silence({ everything: true, environment: "dev" })
      yield* silence({ rules: ["some"] })
      const later = { match: { hosts: ["core-*"] }, starts_at: ends_at, ends_at: ago(-5), comment: "c" }
      yield* call("POST", "/api/v1/silences", { body: later })
      const { as_of, ...answer } = yield* list()
      assert.isAtLeast(Date.parse(as_of), startedAt)
      const host = { environment: "prod", environment_by: null, silenced_by: [] }
      assert.deepStrictEqual(answer, {
        hosts: [
          {
            ...host,
            hostname: "core-1",
            last_at: ago(3),
            count_24h: 1,
            team: "Core",
            team_by: "core-?",
            silenced_by: [named]
          },
          { ...host, hostname: "core-2", last_at: ago(40), count_24h: 0, team: "Two", team_by: "core-2" },
          {
            hostname: "lab-1",
            last_at: ago(1),
            count_24h: 2,
            environment: "dev",
            environment_by: "lab-*",
            team: "NETO",
            team_by: null,
            silenced_by: [dev]
          }
        ],
        exact: true,
        complete: true,
        days: 7,
        pagination: { limit: 50, has_more: false }
      })
    }))

  it.effect("are found by team, environment, part of the name, and silence of their own", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* namesOf("?team=Core"), ["core-1"])
      assert.deepStrictEqual(yield* namesOf("?env=dev"), ["lab-1"])
      assert.deepStrictEqual(yield* namesOf("?env=prod&text=E-2"), ["core-2"])
      assert.deepStrictEqual(yield* namesOf("?quiet=1"), ["core-2"])
      assert.deepStrictEqual(yield* namesOf("?quiet=0"), ["core-1", "lab-1"])
      for (const wrong of ["env=test", "quiet=yes", "team=", "teem=Core"]) {
        assert.strictEqual((yield* call("GET", `/api/v1/hosts?${wrong}`)).status, 422, wrong)
      }
    }))

  it.effect("come page by page", () =>
    Effect.gen(function*() {
      const first = yield* list("?limit=2")
      assert.deepStrictEqual(first.pagination, { limit: 2, has_more: true, next_cursor: "core-2" })
      assert.deepStrictEqual(yield* namesOf(`?limit=2&cursor=${first.pagination.next_cursor}`), ["lab-1"])
    }))

  it.effect("are shown alone, also one that nothing was heard of; a pattern is none", () =>
    Effect.gen(function*() {
      const one = yield* call("GET", "/api/v1/hosts/LAB-1", viewer)
      assert.deepInclude(one.body, {
        hostname: "lab-1",
        last_at: ago(1),
        count_24h: 2,
        environment: "dev",
        exact: true
      })
      const new_ = yield* call("GET", "/api/v1/hosts/core-9", viewer)
      assert.deepInclude(new_.body, { last_at: null, count_24h: 0, team: "Core", team_by: "core-?" })
      assert.strictEqual((yield* call("GET", "/api/v1/hosts/core-*", viewer)).status, 404)
    }))
})

layer(running(Stores), { excludeTestServices: true })("an import of hosts", (it) => {
  const rows = [
    { hostname: "Lab-*", environment: "dev" },
    { hostname: "core-1", team: "Core" },
    { hostname: "edge-1", environment: "prod", team: "Edge" }
  ]
  it.effect("shows what it would change, and changes nothing", () =>
    Effect.gen(function*() {
      const before = yield* versionNow
      const { body, status } = yield* importing({ rows, dry_run: true })
      assert.deepStrictEqual([status, body.dry_run], [200, true])
      assert.deepStrictEqual(body.development_hosts, { added: ["lab-*"], removed: [] })
      assert.deepStrictEqual(body.teams, [
        { hostname: "core-1", before: null, after: "Core" },
        { hostname: "edge-1", before: null, after: "Edge" }
      ])
      assert.deepStrictEqual((yield* call("GET", "/api/v1/teams")).body.teams, [])
      assert.strictEqual(yield* versionNow, before)
    }))

  it.effect("is one version, audited host by host, and nothing the second time", () =>
    Effect.gen(function*() {
      const headers = { "x-correlation-id": "import-1" }
      const { body } = yield* call("POST", "/api/v1/hosts/import", {
        body: { rows, reason: "new site" },
        headers,
        ...operator
      })
      assert.deepStrictEqual([body.dry_run, body.unchanged, body.version], [false, 0, yield* versionNow])
      const { body: { logs } } = yield* call("GET", "/api/v1/audit?correlation_id=import-1")
      const entries = logs as ReadonlyArray<Record<string, unknown>>
      assert.sameDeepMembers(
        entries.map((one) => [one["table_name"], one["record_id"], one["operation"], one["reason"], one["changed_by"]]),
        [
          ["development_hosts", "lab-*", "CREATE", "new site", "noc"],
          ["device_teams", "core-1", "CREATE", "new site", "noc"],
          ["device_teams", "edge-1", "CREATE", "new site", "noc"]
        ]
      )
      const again = yield* importing({ rows })
      assert.deepInclude(again.body, { version: body.version, unchanged: 3, teams: [] })
      const back = yield* importing({
        rows: [{ hostname: "lab-*", environment: "prod" }, { hostname: "core-1", team: null }]
      })
      assert.deepStrictEqual(back.body.development_hosts, { added: [], removed: ["lab-*"] })
      assert.deepStrictEqual(back.body.teams, [{ hostname: "core-1", before: "Core", after: null }])
      assert.deepStrictEqual((yield* call("GET", "/api/v1/dev-hosts")).body.hosts, [])
    }))

  it.effect("refuses what contradicts itself, says nothing, or was seen otherwise; and viewers", () =>
    Effect.gen(function*() {
      const twice = yield* importing({ rows: [{ hostname: "a", team: "A" }, { hostname: "A", team: "B" }] })
      assert.deepStrictEqual([twice.status, twice.body.errors[0].field], [422, "rows.1.hostname"])
      for (const wrong of [[], [{ hostname: "a" }], [{ hostname: "two words", team: "A" }]]) {
        assert.strictEqual((yield* importing({ rows: wrong })).status, 422, JSON.stringify(wrong))
      }
      const stale = yield* call("POST", "/api/v1/hosts/import", {
        body: { rows },
        headers: { "if-match": "\"1\"" },
        ...operator
      })
      assert.strictEqual(stale.status, 412)
      assert.strictEqual((yield* importing({ rows }, viewer)).status, 403)
    }))
})
