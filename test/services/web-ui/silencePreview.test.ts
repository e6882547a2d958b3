import { assert, it, layer } from "@effect/vitest"
import { Clock, Deferred, Effect, Layer, Schema, Stream } from "effect"
import { EventAudit, EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { EventReader } from "../../../layers/audit/EventReader.ts"
import { SilencePreview } from "../../../src/api/web-ui/SilencePreviews.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { contains } from "../../src/matching/rules.ts"
import { event } from "../alerter/events.ts"
import { call, running, Stores } from "./harness.ts"

const preview = (body: object, key = "operator-key-of-tests") => call("POST", "/api/v1/silences/preview", { key, body })
const previewOf = Schema.decodeUnknownEffect(SilencePreview)
const rule = (name: string, prod_handling: string) => ({
  name,
  match_string: name,
  prod_handling,
  dev_handling: "Ignore",
  team_assignment: "NetOps"
})

/** Records 100 events of two hosts in the last hours: of four, one pages, one is a ticket, one only kept, one unmatched. */
const recorded = Effect.gen(function*() {
  const now = yield* Clock.currentTimeMillis
  const { decide } = inOneGo(buildPolicy({
    version: 1,
    rules: [
      contains(1, "down"),
      contains(2, "fan", { prodHandling: "Ticket_only" }),
      contains(3, "login", { prodHandling: "Log_only" })
    ],
    developmentHosts: [],
    deviceTeams: []
  }))
  const records = Array.from({ length: 100 }, (_, n) => {
    const receivedAt = new Date(now - (n + 1) * 60_000).toISOString()
    const one = event(n, {
      receivedAt,
      timestamp: receivedAt,
      hostname: `sw${n % 2}`,
      message: ["link down", "fan fail", "login", "hello"][(n >> 1) % 4]!,
      severity: n % 2 === 0 ? 3 : 5
    })
    return { event: one, raw: JSON.stringify(one), decision: decide(one) }
  })
  yield* (yield* EventAudit).record(records)
  return now
})
const soon = (now: number, hours: number) => new Date(now + hours * 3_600_000).toISOString()

const make = (body: object, headers = {}) =>
  call("POST", "/api/v1/silences", { key: "operator-key-of-tests", body, headers })
const oneHour = Effect.map(Clock.currentTimeMillis, (now) => ({
  match: { hosts: ["sw0"] },
  ends_at: soon(now, 1),
  comment: "made"
}))

layer(running(Stores), { excludeTestServices: true })("a silence that is made", (it) => {
  it.effect("shows what it would have held back, and the same when it is sent again", () =>
    Effect.gen(function*() {
      yield* recorded
      const said = yield* oneHour
      const first = yield* make(said)
      assert.strictEqual(first.status, 201)
      const preview = yield* previewOf(first.body.preview)
      assert.deepStrictEqual([preview.events, preview.overlaps, first.body.no_preview], [38, [], null])
      const key = { "idempotency-key": "a" }
      const kept = yield* make(said, key)
      assert.deepStrictEqual(kept.body.preview.overlaps.map(({ id }: { readonly id: number }) => id), [first.body.id])
      assert.strictEqual(kept.headers["etag"], "\"1\"")
      assert.deepStrictEqual((yield* make(said, key)).body, kept.body)
      assert.strictEqual((yield* call("GET", "/api/v1/silences")).body.silences.length, 2)
    }))
})

/** Fails for the first, and does not answer the others until `go`. */
const makeAway = Effect.map(Deferred.make<void>(), (go) => {
  let first = true
  const pages = () => {
    if (!first) return Stream.fromEffect(Effect.uninterruptible(Effect.as(Deferred.await(go), [])))
    first = false
    return Stream.fail(new EventAuditFailed({ reason: "unavailable", detail: "gone" }))
  }
  return { go, stores: Stores.pipe(Layer.merge(Layer.mock(EventReader, { pages }))) }
})

it.live("a silence is made without a preview while the record is away, or does not answer", () =>
  Effect.gen(function*() {
    const { go, stores } = yield* makeAway
    yield* Effect.gen(function*() {
      const said = yield* oneHour
      const whys = []
      for (const _ of [1, 2, 3]) {
        const { body, status } = yield* make(said)
        assert.deepStrictEqual([status, body.silence.state, body.preview], [201, "now", null])
        whys.push(body.no_preview)
      }
      // The two that hang take all turns.
      whys.push((yield* make(said)).body.no_preview)
      yield* Deferred.succeed(go, undefined)
      assert.match(whys.join("\n"), /^The record .+\nIt did not come in time.+\nIt did not .+\nOther previews .+$/)
    }).pipe(Effect.provide(running(stores)))
  }))

layer(running(Stores), { excludeTestServices: true })("POST /silences/preview", (it) => {
  it.effect("says what a silence would have held back, by rule and severity, and stores nothing", () =>
    Effect.gen(function*() {
      const rules = [rule("link", "Page_and_ticket"), rule("fan", "Ticket_only"), rule("login", "Log_only")]
      yield* call("POST", "/api/v1/rules/apply", { body: { rules } })
      const now = yield* recorded
      const ends_at = soon(now, 2)
      const found = yield* previewOf(
        (yield* preview({ match: { hosts: ["SW0", "abc*"] }, ends_at, comment: "c" })).body
      )
      assert.deepStrictEqual([found.events, found.alerts, found.pages, found.read], [38, 26, 13, 38])
      assert.deepStrictEqual(found.rules.map((one) => [one.rule, one.events, one.alerts, one.pages]), [
        ["link", 13, 13, 13],
        ["fan", 13, 13, 0],
        [null, 12, 0, 0]
      ])
      assert.deepStrictEqual(found.severities, [{ severity: 3, events: 38, alerts: 26, pages: 13 }])
      assert.strictEqual(found.samples.length, 20)
      assert.deepStrictEqual([found.stopped, found.waiting, found.in_windows], [null, null, null])
      assert.deepStrictEqual(found.next.map(({ until }) => until), [ends_at])
      const [{ ref = "" } = {}] = found.samples
      assert.strictEqual((yield* call("GET", `/api/v1/events/${ref}`)).status, 200)
      const narrow = yield* previewOf(
        (yield* preview({
          match: { rules: ["link"], severity_from: 4, message: { contains: "DOWN" } },
          ends_at,
          comment: "c"
        }))
          .body
      )
      assert.deepStrictEqual([narrow.events, narrow.pages], [13, 13])
      assert.deepStrictEqual((yield* call("GET", "/api/v1/silences")).body.silences, [])
    }))

  it.effect("shows the next ten times of a schedule, in its zone and in UTC, and marks those that a change of clocks bends", () =>
    Effect.gen(function*() {
      const body = {
        match: { rules: ["link"] },
        schedule: {
          zone: "Europe/Berlin",
          weekly: [{ days: ["SU"], from: "01:00", to: "04:00" }],
          first: "2031-03-09"
        },
        comment: "backups"
      }
      const { in_windows, next } = yield* previewOf((yield* preview(body)).body)
      assert.deepStrictEqual([next.length, in_windows], [10, 0])
      assert.deepStrictEqual(next[3], {
        local: "2031-03-30T01:00",
        zone: "Europe/Berlin",
        from: "2031-03-30T00:00:00.000Z",
        until: "2031-03-30T02:00:00.000Z",
        minutes: 120,
        usual_minutes: 180,
        unusual: true
      })
      assert.deepStrictEqual(next.map(({ unusual }) => unusual), [false, false, false, true, ...Array(6).fill(false)])
    }))

  it.effect("names the silences that may cover the same events", () =>
    Effect.gen(function*() {
      const ends_at = soon(yield* Clock.currentTimeMillis, 3)
      const make = (match: object) =>
        Effect.map(
          call("POST", "/api/v1/silences", {
            key: "operator-key-of-tests",
            body: { match, ends_at, comment: "there" }
          }),
          ({ body }) => body.id
        )
      const same = yield* make({ hosts: ["core-*"] })
      yield* make({ hosts: ["edge-*"] })
      const rules = yield* make({ rules: ["link"] })
      const ended = yield* make({ hosts: ["core-1"] })
      yield* call("POST", `/api/v1/silences/${ended}/end`, { body: {} })
      const { overlaps } = yield* previewOf(
        (yield* preview({ match: { hosts: ["core-12"] }, ends_at, comment: "c" })).body
      )
      assert.deepStrictEqual(overlaps.map(({ id }) => id), [rules, same])
    }))

  it.effect("refuses what cannot be a silence, and who may make none", () =>
    Effect.gen(function*() {
      const { body, status } = yield* preview({ match: {}, comment: "c" })
      assert.deepStrictEqual([status, body._tag], [422, "Invalid"])
      const good = { match: { hosts: ["sw1"] }, ends_at: soon(yield* Clock.currentTimeMillis, 1), comment: "c" }
      assert.strictEqual((yield* preview(good, "viewer-key-of-tests")).status, 403)
    }))
})
