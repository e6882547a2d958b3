import { assert, layer } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { readFileSync } from "node:fs"
import { RotationWorld, RotationWorldLayer } from "./rotationHarness.ts"

const path = (secret: string, rest = "") => `/api/v1/rotation/${secret}${rest}`
const ask = (...args: Parameters<typeof RotationWorld.Service.webUis[0]["call"]>) =>
  Effect.flatMap(RotationWorld, ({ webUis }) => webUis[0]?.call(...args) ?? Effect.die("no web-ui"))
const other = (...args: Parameters<typeof RotationWorld.Service.webUis[0]["call"]>) =>
  Effect.flatMap(RotationWorld, ({ webUis }) => webUis[1]?.call(...args) ?? Effect.die("no web-ui"))
const post = (secret: string, step: string, body: unknown = {}) => ask("POST", path(secret, `/${step}`), { body })
const status = (secret: string) =>
  Effect.map(ask("GET", path(secret), { key: "viewer-key-of-tests" }), ({ body }) => body)

/** Waits until a rotation has ended, and says how. */
const ended = (secret: string) =>
  status(secret).pipe(
    Effect.filterOrFail(({ closed_at }) => closed_at !== null, (body) => body),
    Effect.retry(Schedule.spaced("100 millis"))
  )

layer(RotationWorldLayer, { excludeTestServices: true })("rotation over real servers", (it) => {
  it.effect("says which secrets can be rotated, to those who may read", () =>
    Effect.gen(function*() {
      const { body, status } = yield* ask("GET", "/api/v1/rotation", { key: "viewer-key-of-tests" })
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(
        body.secrets.map(({ secret, state }: { secret: string; state: string }) => `${secret} ${state}`),
        [
          "ADMIN_API_KEY STEADY",
          "DB_PASS STEADY",
          "INGEST_API_KEY STEADY",
          "REDIS_PASS STEADY",
          "VIEWER_API_KEY STEADY"
        ]
      )
      assert.strictEqual(
        (yield* ask("POST", path("DB_PASS", "/start"), { key: "viewer-key-of-tests", body: {} })).status,
        403
      )
    }))

  it.effect("refuses names it does not know with the nearest one, steps out of order, and force without a reason", () =>
    Effect.gen(function*() {
      const unknown = yield* post("DB_PAS", "start")
      assert.deepInclude(unknown.body, { _tag: "SecretUnknown", status: 422, nearest: "DB_PASS" })
      assert.deepInclude((yield* post("DB_PASS", "apply")).body, {
        _tag: "RotationWrongState",
        status: 409,
        state: "STEADY"
      })
      const forced = yield* post("DB_PASS", "apply", { force: true })
      assert.deepInclude(forced.body, { _tag: "ReasonMissing", status: 422 })
    }))

  for (const secret of ["DB_PASS", "REDIS_PASS"]) {
    it.effect(
      `${secret}: goes step by step to a new password, and everybody works on meanwhile`,
      () =>
        Effect.gen(function*() {
          const { secrets, work } = yield* RotationWorld
          const before = yield* secrets
          const started = yield* post(secret, "start", { reason: "a test" })
          assert.deepInclude(started.body, { state: "STAGED", next_step: "apply" })
          assert.deepInclude((yield* post(secret, "start")).body, { _tag: "RotationTaken", status: 409 })
          const states = [["apply", "APPLIED"], ["verify", "VERIFIED"], ["promote", "PROMOTED"], ["drain", "DRAINED"], [
            "retire",
            "STEADY"
          ]]
          for (const [step = "", state] of states) {
            yield* work
            // Whichever web-ui is asked.
            const { body } = yield* (step === "verify" ? other : ask)("POST", path(secret, `/${step}`), {
              body: { reason: `to ${step}` }
            })
            assert.deepInclude(body, { state }, JSON.stringify(body))
            yield* work
          }
          const after = yield* secrets
          assert.notStrictEqual(after[`${secret}_CURRENT`], before[`${secret}_CURRENT`])
          assert.match(after[`${secret}_CURRENT`] ?? "", /^[A-Za-z0-9_-]{43}$/)
          assert.deepStrictEqual([after[`${secret}_NEXT`] ?? "", after[`${secret}_PREVIOUS`]], ["", undefined])
          assert.strictEqual(after["ADMIN_API_KEY"], before["ADMIN_API_KEY"])
          const shown = yield* status(secret)
          assert.deepInclude(shown, { state: "STEADY", outcome: "completed", opened_by: "admin", blocks: [] })
          assert.deepStrictEqual(
            shown.instances.map(({ instance }: { instance: string }) => instance).sort(),
            ["alerter-1", "web-ui-1", "web-ui-2"]
          )
        }),
      40_000
    )
  }

  it.effect("rolls back from every state, and all is as it was", () =>
    Effect.gen(function*() {
      const { secrets, work } = yield* RotationWorld
      for (const secret of ["DB_PASS", "REDIS_PASS"]) {
        const before = yield* secrets
        for (const steps of [[], ["apply"], ["apply", "verify", "promote"]]) {
          for (const step of ["start", ...steps]) {
            const { body, status } = yield* post(secret, step)
            assert.strictEqual(status, 200, `${step} ${steps.join()} ${JSON.stringify(body)}`)
            assert.strictEqual(body.closed_at, null, `${step} ${steps.join()} ${JSON.stringify(body)}`)
          }
          const back = yield* post(secret, "rollback", { reason: "a test" })
          assert.strictEqual(back.status, 200, JSON.stringify(back.body))
          assert.deepInclude(yield* ended(secret), { state: "STEADY", outcome: "rolled_back" })
          yield* work
          const after = yield* secrets
          assert.strictEqual(after[`${secret}_CURRENT`], before[`${secret}_CURRENT`])
          assert.deepStrictEqual([after[`${secret}_NEXT`] ?? "", after[`${secret}_PREVIOUS`]], ["", undefined])
        }
      }
    }))

  it.effect(
    "goes on by itself when asked to, both servers at once, and the other web-ui sees it",
    () =>
      Effect.gen(function*() {
        const { secrets } = yield* RotationWorld
        const before = yield* secrets
        yield* Effect.all([post("DB_PASS", "start", { auto: true }), post("REDIS_PASS", "start", { auto: true })], {
          concurrency: 2
        })
        for (const secret of ["DB_PASS", "REDIS_PASS"]) {
          assert.deepInclude(yield* ended(secret), { outcome: "completed" })
          assert.deepInclude((yield* other("GET", path(secret))).body, { state: "STEADY", outcome: "completed" })
          assert.notStrictEqual((yield* secrets)[`${secret}_CURRENT`], before[`${secret}_CURRENT`])
        }
      }),
    40_000
  )

  it.effect("keeps both keys valid until a person retires the old one", () =>
    Effect.gen(function*() {
      const { secrets } = yield* RotationWorld
      yield* post("VIEWER_API_KEY", "start", { auto: true })
      const stopped = yield* status("VIEWER_API_KEY").pipe(
        Effect.filterOrFail(({ state, stopped }) => state === "PROMOTED" && stopped !== null, (body) => body),
        Effect.retry(Schedule.spaced("100 millis"))
      )
      assert.match(stopped.stopped, /retire/)
      const fresh = (yield* secrets)["VIEWER_API_KEY_CURRENT"] ?? ""
      for (const key of ["viewer-key-of-tests", fresh]) {
        assert.strictEqual((yield* ask("GET", path("DB_PASS"), { key })).status, 200)
      }
      assert.strictEqual((yield* post("VIEWER_API_KEY", "retire")).body.state, "STEADY")
      yield* ask("GET", path("DB_PASS"), { key: "viewer-key-of-tests" }).pipe(
        Effect.filterOrFail(({ status }) => status === 401, (answer) => answer),
        Effect.retry(Schedule.spaced("100 millis"))
      )
      assert.strictEqual((yield* ask("GET", path("DB_PASS"), { key: fresh })).status, 200)
      assert.strictEqual((yield* secrets)["VIEWER_API_KEY"], fresh)
    }))

  it.effect("audits every step, and tells no password to anybody", () =>
    Effect.gen(function*() {
      const { log, postgres, secrets } = yield* RotationWorld
      const { body } = yield* ask("GET", "/api/v1/audit?limit=200&table_name=secret_rotation")
      const entries: ReadonlyArray<{ readonly new_values: { readonly step: string; readonly phase: string } }> =
        body.logs
      const said = entries.map(({ new_values: { phase, step } }) => `${step} ${phase}`)
      for (const step of ["stage", "apply", "verify", "promote", "drain", "retire", "revert", "turn"]) {
        assert.includeMembers(said, [`${step} intent`, `${step} done`])
      }
      assert.isTrue((yield* ask("GET", "/api/v1/audit/verify")).body.whole)
      const audited = JSON.stringify(body)
      const seen = [audited, log(), readFileSync(postgres.log, "utf8"), JSON.stringify(yield* status("DB_PASS"))].join(
        "\n"
      )
      const values = yield* secrets
      for (const name of ["DB_PASS_CURRENT", "REDIS_PASS_CURRENT", "VIEWER_API_KEY_CURRENT", "REDIS_ADMIN_PASS"]) {
        assert.notInclude(seen, values[name] ?? "", name)
      }
    }))
})
