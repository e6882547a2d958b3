import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { seeded } from "../../../scripts/bench/Random.ts"
import { makeLossyProxy } from "../../layers/lossyProxy.ts"
import { SettingsWorld, SettingsWorldLayer } from "./settingsHarness.ts"

const between = { postgres: makeLossyProxy(), redis: makeLossyProxy() }

const ask = (...args: Parameters<typeof SettingsWorld.Service.webUis[0]["call"]>) =>
  Effect.flatMap(SettingsWorld, ({ webUis }) => webUis[0].call(...args))

const path = "/api/v1/silences"
const later = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()
const said = (host: string, changes: object = {}) => ({
  match: { hosts: [host] },
  ends_at: later(2),
  comment: "swap",
  ...changes
})

interface Silence {
  readonly id: number
  readonly revision: number
  readonly created_by: string
  readonly state: string
}

/** The silences of a host with the operations that the audit has of each, once the database answers again. */
const there = (host: string) =>
  Effect.gen(function*() {
    const { body, status } = yield* ask("GET", `${path}?host=${host}&limit=200`)
    if (status !== 200) return yield* Effect.fail("away" as const)
    return yield* Effect.forEach(body.silences as ReadonlyArray<Silence>, (silence) =>
      Effect.flatMap(
        ask("GET", `/api/v1/audit?table_name=silences&record_id=${silence.id}&limit=200`),
        (audit) =>
          audit.status === 200
            ? Effect.succeed({ silence, links: audit.body.logs.length as number })
            : Effect.fail("away" as const)
      ))
  }).pipe(Effect.eventually)

layer(SettingsWorldLayer({ between }), { excludeTestServices: true })("a silence whose connection is cut off", (it) => {
  it.effect(
    "at any statement is there with its link of the audit, or neither is, and once when it is sent again",
    () =>
      Effect.gen(function*() {
        const met = new Set<number>()
        for (const when of ["before", "after"] as const) {
          let whole = 0
          for (let piece = 1; whole < 3; piece++) {
            const host = `cut-${when}-${piece}`
            const sent = { body: said(host), headers: { "idempotency-key": host } }
            yield* between.postgres.cutAt(piece, when)
            const answer = yield* ask("POST", path, sent)
            const cut = yield* between.postgres.wasCut
            yield* between.postgres.cutAt(0, when)
            met.add(answer.status)
            whole = answer.status === 201 && !cut ? whole + 1 : 0
            const found = yield* there(host)
            assert.isAtMost(found.length, 1)
            for (const { links, silence } of found) assert.deepStrictEqual([links, silence.created_by], [1, "admin"])
            if (answer.status === 201) assert.strictEqual(found.length, 1)
            else if (answer.body.outcome === "unchanged") assert.strictEqual(found.length, 0)
            // The server may not have seen yet that the connection of the first is gone.
            const again = yield* Effect.repeat(ask("POST", path, sent), {
              until: ({ body }) => body._tag !== "RequestUnderWay"
            })
            assert.strictEqual(again.status, 201)
            assert.deepStrictEqual((yield* there(host)).map(({ links }) => links), [1])
          }
        }
        assert.deepStrictEqual([...met].sort(), [201, 503])
        const { body: chain } = yield* ask("GET", "/api/v1/audit/verify")
        assert.deepInclude(chain, { whole: true, fault: null })
      }),
    300_000
  )

  it.effect(
    "when it is ended, ends with its link, or goes on without",
    () =>
      Effect.gen(function*() {
        for (const when of ["before", "after"] as const) {
          let whole = 0
          for (let piece = 1; whole < 3; piece++) {
            const host = `end-${when}-${piece}`
            const { body: { id } } = yield* ask("POST", path, { body: said(host) }).pipe(
              Effect.filterOrFail(({ status }) => status === 201),
              Effect.eventually
            )
            yield* between.postgres.cutAt(piece, when)
            const answer = yield* ask("POST", `${path}/${id}/end`, { body: {} })
            const cut = yield* between.postgres.wasCut
            yield* between.postgres.cutAt(0, when)
            whole = answer.status === 200 && !cut ? whole + 1 : 0
            const [found] = yield* there(host)
            const ended = found?.silence.state === "ended"
            assert.deepStrictEqual([found?.links, found?.silence.revision], ended ? [2, 2] : [1, 1])
            if (answer.status === 200) assert.isTrue(ended)
          }
        }
      }),
    300_000
  )

  it.effect("may last as long as the setting silence_max_days says from now on", () =>
    Effect.gen(function*() {
      const days = (count: number) => ask("POST", path, { body: said("long", { ends_at: later(count * 24 - 1) }) })
      assert.strictEqual((yield* days(30)).status, 201)
      assert.strictEqual((yield* days(32)).status, 422)
      const set = yield* ask("PUT", "/api/v1/config/silence_max_days", { body: { value: 60 } })
      assert.deepInclude(set, { status: 200 })
      yield* Effect.repeat(days(32), { until: ({ status }) => status === 201 })
    }), 30_000)

  it.effect(
    "changed at random never comes back once it ended, and every revision has its author",
    () =>
      Effect.gen(function*() {
        const { webUis } = yield* SettingsWorld
        const ids = yield* Effect.forEach([1, 2, 3, 4], () =>
          Effect.map(ask("POST", path, { body: said("any") }), ({ body }) => body.id as number))
        const ended = new Set<number>()
        const random = seeded(7)
        const pick = (most: number) =>
          random.int(most)
        for (let round = 0; round < 60; round++) {
          const changes = Array.from({ length: 3 }, () => {
            const id = ids[pick(ids.length)] ?? 0
            const [method, verb, body] = ([
              ["PUT", "", said("any", { comment: `round ${round}` })],
              ["POST", "/extend", { seconds: 60 }],
              ["POST", "/end", {}]
            ] as const)[pick(12) < 11 ? pick(2) : 2]!
            const key = pick(2) === 0 ? "admin-key-of-tests" : "operator-key-of-tests"
            return { id, verb, ask: webUis[pick(2)]!.call(method, `${path}/${id}${verb}`, { body, key }) }
          })
          const before = new Set(ended)
          const answers = yield* Effect.forEach(changes, ({ ask }) => ask, { concurrency: 3 })
          for (const [n, { id, verb }] of changes.entries()) {
            if (before.has(id)) assert.strictEqual(answers[n]?.status, 409)
            else if (verb === "/end" && answers[n]?.status === 200) ended.add(id)
          }
          for (const id of ended) {
            const { body } = yield* ask("GET", `${path}/${id}`)
            assert.strictEqual(body.state, "ended")
          }
        }
        assert.isAbove(ended.size, 0)
        for (const id of ids) {
          const { body } = yield* ask("GET", `${path}/${id}`)
          assert.deepStrictEqual(
            body.revisions.map((one: Silence) => one.revision),
            Array.from({ length: body.revision }, (_, n) => n + 1)
          )
          for (const { changed_by } of body.revisions) assert.include(["admin", "operator"], changed_by)
          assert.strictEqual(body.created_by, "admin")
        }
      }),
    120_000
  )
})
