import { assert, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { call, running, runningWith, Stores } from "./harness.ts"

const path = "/api/v1/silences"
const later = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
const said = (changes: object = {}) => ({ match: { hosts: ["sw1"] }, ends_at: later(2), comment: "swap", ...changes })
const operator = { key: "operator-key-of-tests" }
const made = (changes: object = {}) =>
  Effect.map(call("POST", path, { body: said(changes), ...operator }), ({ body }) => body)
const idsOf = (query: string) =>
  Effect.map(
    call("GET", `${path}?limit=200&${query}`),
    ({ body }) => (body.silences as ReadonlyArray<{ readonly id: number }>).map(({ id }) => id)
  )

layer(running(Stores), { excludeTestServices: true })("silences over the API", (it) => {
  it.effect("are made by whoever's key it is, and shown with what they do now", () =>
    Effect.gen(function*() {
      const { body, headers, status } = yield* call("POST", path, { body: said(), ...operator })
      assert.strictEqual(status, 201)
      assert.strictEqual(headers["etag"], "\"1\"")
      assert.deepInclude(body.silence, { id: body.id, state: "now", created_by: "noc", revision: 1, hits: 0 })
      assert.strictEqual(body.silence.until, body.silence.ends_at)
      assert.strictEqual(body.next.length, 1)
      const shown = yield* call("GET", `${path}/${body.id}`)
      assert.deepInclude(shown.body, { id: body.id, comment: "swap" })
      assert.deepStrictEqual(
        shown.body.revisions.map((one: Record<string, unknown>) => [one["revision"], one["changed_by"], one["reason"]]),
        [[1, "noc", "swap"]]
      )
      const audit = yield* call("GET", `/api/v1/audit?table_name=silences&record_id=${body.id}`)
      assert.strictEqual(audit.body.logs.length, 1)
      assert.strictEqual(audit.body.logs[0].changed_by, "noc")
    }))

  it.effect("have no author in the body, and everything is for admins", () =>
    Effect.gen(function*() {
      const named = yield* call("POST", path, { body: said({ created_by: "anna" }), ...operator })
      assert.strictEqual(named.status, 422)
      const match = { everything: true }
      assert.strictEqual((yield* call("POST", path, { body: said({ match }), ...operator })).status, 403)
      const { body, status } = yield* call("POST", path, { body: said({ match }) })
      assert.strictEqual(status, 201)
      const longer = yield* call("POST", `${path}/${body.id}/extend`, { body: { seconds: 60 }, ...operator })
      assert.strictEqual(longer.status, 403)
      assert.strictEqual((yield* call("POST", `${path}/${body.id}/end`, { body: {}, ...operator })).status, 200)
    }))

  it.effect("keep their bounds, and each says what is wrong with which field", () =>
    Effect.gen(function*() {
      const refused: ReadonlyArray<readonly [field: string, changes: object]> = [
        ["starts_at", { starts_at: later(-25) }],
        ["ends_at", { starts_at: later(-2), ends_at: later(-1) }],
        ["ends_at", { ends_at: later(31 * 24) }],
        ["ends_at", { starts_at: later(48), ends_at: later(24) }],
        ["ends_at", { ends_at: undefined }],
        ["match", { match: { hosts: ["*"] } }],
        ["comment", { comment: "" }],
        ["comment", { comment: "a\0b" }],
        ["match.message.regex", { match: { hosts: ["sw1"], message: { regex: "(" } } }]
      ]
      for (const [field, changes] of refused) {
        const { body, status } = yield* call("POST", path, { body: said(changes), ...operator })
        assert.strictEqual(status, 422, field)
        assert.include(body.errors.map((one: { readonly field: string }) => one.field), field)
      }
      assert.strictEqual(
        (yield* call("POST", path, { body: said({ starts_at: later(-23) }), ...operator })).status,
        201
      )
    }))

  it.effect("are extended, changed as they were seen, and ended for good", () =>
    Effect.gen(function*() {
      const { id, silence } = yield* made()
      const longer = yield* call("POST", `${path}/${id}/extend`, {
        body: { seconds: 3_600, reason: "late" },
        ...operator
      })
      assert.strictEqual(longer.status, 200)
      assert.strictEqual(Date.parse(longer.body.silence.ends_at) - Date.parse(silence.ends_at), 3_600_000)
      const shorter = yield* call("POST", `${path}/${id}/extend`, { body: { ends_at: later(1) }, ...operator })
      assert.strictEqual(shorter.status, 422)
      const change = (tag: string) =>
        call("PUT", `${path}/${id}`, { body: said({ comment: "other" }), headers: { "if-match": tag }, ...operator })
      assert.strictEqual((yield* change("\"1\"")).status, 412)
      assert.strictEqual((yield* change("\"2\"")).headers["etag"], "\"3\"")
      const ended = yield* call("POST", `${path}/${id}/end`, { body: { reason: "done" }, ...operator })
      assert.deepInclude(ended.body.silence, { state: "ended", ended_by: "noc", revision: 4, from: null })
      for (const [method, verb] of [["POST", "/extend"], ["POST", "/end"], ["PUT", ""]] as const) {
        const body = verb === "/extend" ? { seconds: 60 } : verb === "/end" ? {} : said()
        const back = yield* call(method, `${path}/${id}${verb}`, { body, ...operator })
        assert.deepInclude(back, { status: 409 })
        assert.strictEqual(back.body._tag, "SilenceEnded")
      }
      const { body } = yield* call("GET", `${path}/${id}`)
      assert.deepStrictEqual(
        body.revisions.map(({ reason }: { readonly reason: string }) => reason),
        ["swap", "late", "other", "done"]
      )
      assert.strictEqual((yield* call("GET", `${path}/999999`)).status, 404)
    }))

  it.effect("say when they are over for good, and never is a word", () =>
    Effect.gen(function*() {
      const match = { hosts: ["endless"] }
      const weekly = { zone: "UTC", weekly: [{ days: ["SU"], from: "01:00", to: "04:00" }] }
      const endless = { match, ends_at: undefined, schedule: weekly }
      const last = "2031-03-09"
      const dated = { ...weekly, first: "2031-03-01", last }
      const once = yield* made()
      assert.strictEqual(once.silence.ends, once.silence.ends_at)
      assert.strictEqual((yield* made({ ...endless, schedule: dated })).silence.ends, last)
      const daily = {
        zone: "UTC",
        weekly: [{ days: ["MO", "TU", "WE", "TH", "FR", "SA", "SU"], from: "00:00", to: "24:00" }]
      }
      yield* made({ ...endless, schedule: daily })
      const { body } = yield* call("GET", `${path}?state=now&host=endless`)
      assert.deepStrictEqual(body.silences.map(({ ends }: { readonly ends: string }) => ends), ["never"])
    }))

  it.effect("show the next times of a schedule, here and in UTC, those of unusual length marked", () =>
    Effect.gen(function*() {
      const schedule = { zone: "Europe/Berlin", weekly: [{ days: ["SU"], from: "01:00", to: "04:00" }] }
      const { next } = yield* made({ ends_at: undefined, starts_at: "2027-03-20T00:00:00Z", schedule })
      assert.strictEqual(next.length, 10)
      assert.deepStrictEqual(next[1], {
        local: "2027-03-28T01:00",
        zone: "Europe/Berlin",
        from: "2027-03-28T00:00:00.000Z",
        until: "2027-03-28T02:00:00.000Z",
        minutes: 120,
        usual_minutes: 180,
        unusual: true
      })
      assert.deepInclude(next[0], { minutes: 180, unusual: false })
    }))

  it.effect("are found by state, author, host, and by how soon they end", () =>
    Effect.gen(function*() {
      const match = (host: string) => ({ match: { hosts: [host] } })
      const now = (yield* made({ ...match("find-1"), ends_at: later(1) })).id
      const soon = (yield* made({ ...match("FIND-*"), starts_at: later(1), ends_at: later(9) })).id
      const long = (yield* made({ ...match("find-1"), ends_at: later(99) })).id
      const over = (yield* made(match("find-1"))).id
      yield* call("POST", `${path}/${over}/end`, { body: {}, ...operator })
      assert.deepStrictEqual(yield* idsOf("host=find-1"), [over, long, soon, now])
      assert.deepStrictEqual(yield* idsOf("host=find-1&state=now"), [long, now])
      assert.deepStrictEqual(yield* idsOf("host=find-1&state=soon"), [soon])
      assert.deepStrictEqual(yield* idsOf("host=find-1&state=ended"), [over])
      assert.deepStrictEqual(yield* idsOf("host=find-1&ending_within=7200"), [now])
      assert.deepStrictEqual(yield* idsOf("host=find-1&author=nobody"), [])
      const first = yield* call("GET", `${path}?host=find-1&limit=3`)
      assert.deepInclude(first.body.pagination, { has_more: true, next_cursor: String(soon) })
      const rest = yield* call("GET", `${path}?host=find-1&cursor=${soon}`)
      assert.deepStrictEqual(rest.body.silences.map(({ id }: { readonly id: number }) => id), [now])
      assert.strictEqual((yield* call("GET", `${path}?hots=x`)).status, 422)
    }))
})

it.live("no more silences than SILENCES_MAX are in force or to come", () =>
  Effect.gen(function*() {
    const { id } = yield* made({ starts_at: later(1) })
    yield* made()
    const more = yield* call("POST", path, { body: said(), headers: { "idempotency-key": "one-more" }, ...operator })
    assert.deepStrictEqual([more.status, more.body._tag], [409, "SilencesFull"])
    assert.include(more.body.detail, "2 silences are in force or to come")
    yield* call("POST", `${path}/${id}/end`, { body: {}, ...operator })
    const again = yield* call("POST", path, { body: said(), headers: { "idempotency-key": "one-more" }, ...operator })
    assert.strictEqual(again.status, 201)
  }).pipe(Effect.provide(runningWith(Stores, { pageMaxBytes: 4_194_304, silencesMost: 2 }))))
