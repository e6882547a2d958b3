import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { browser, Console, keyOf, secrets, session, Surroundings } from "./sessionHarness.ts"

layer(Console(), { excludeTestServices: true })("a login", (it) => {
  it.effect("ends after an hour without use, and each use makes it last an hour from then on", () =>
    Effect.gen(function*() {
      const { pass } = yield* Surroundings
      const anna = browser()
      yield* anna.logIn("operator")
      for (let n = 0; n < 3; n++) {
        yield* pass(59)
        assert.strictEqual((yield* anna.send("GET", "/api/v1/rules")).status, 200)
      }
      yield* pass(60)
      const { body, status } = yield* anna.send("GET", "/api/v1/rules")
      assert.deepStrictEqual([status, body._tag, body.detail], [
        401,
        "KeyRefused",
        "Send a valid key as X-API-KEY or as Authorization: Bearer. The login has ended."
      ])
    }))

  it.effect("is sealed again once a minute at most, and not by listening or by what a page asks by itself", () =>
    Effect.gen(function*() {
      const { pass } = yield* Surroundings
      const anna = browser()
      yield* anna.logIn("operator")
      const first = anna.cookie()
      yield* anna.send("GET", session)
      assert.strictEqual(anna.cookie(), first)
      yield* pass(1)
      for (const headers of [{ accept: "text/event-stream" }, { "x-mutt-unattended": "1" }]) {
        const { body } = yield* anna.send("GET", session, { headers })
        assert.strictEqual(anna.cookie(), first)
        assert.closeTo(Date.parse(body.idle_until) - Date.parse(body.server_time), 59 * 60_000, 1_000)
      }
      yield* anna.send("GET", session)
      assert.notStrictEqual(anna.cookie(), first)
    }))

  it.effect("ends after twelve hours however much it is used", () =>
    Effect.gen(function*() {
      const { pass } = yield* Surroundings
      const anna = browser()
      yield* anna.logIn("operator")
      for (let n = 0; n < 24; n++) {
        assert.strictEqual((yield* anna.send("GET", session)).status, 200, `${n}`)
        yield* pass(30)
      }
      assert.strictEqual((yield* anna.send("GET", session)).status, 401)
    }))

  it.effect("of a viewer on a wall lasts thirty days, used or not", () =>
    Effect.gen(function*() {
      const { pass } = yield* Surroundings
      const wall = browser()
      assert.strictEqual((yield* wall.logIn("viewer", { wall: true })).status, 204)
      yield* pass(29 * 24 * 60)
      const { body } = yield* wall.send("GET", session)
      assert.deepInclude(body, { idle_until: null, step_up_until: null })
      yield* pass(24 * 60)
      assert.strictEqual((yield* wall.send("GET", session)).status, 401)
      const refused = yield* browser().logIn("operator", { wall: true })
      assert.deepStrictEqual([refused.status, refused.body.errors[0].field], [422, "wall"])
    }))

  it.effect("of an admin shows its key again after a quarter of an hour, for changes that need an admin", () =>
    Effect.gen(function*() {
      const { pass } = yield* Surroundings
      const anna = browser()
      yield* anna.logIn("admin")
      const change = () =>
        anna.send("PUT", "/api/v1/config", { body: { config: { moog_rate_limit: 7 }, dry_run: true } })
      const stepUp = (key: string) => anna.send("POST", `${session}/step-up`, { body: { key } })
      // No ledger answers here: what is allowed fails there.
      assert.strictEqual((yield* change()).status, 503)
      yield* pass(15)
      const { body, status } = yield* change()
      assert.deepStrictEqual([status, body._tag], [403, "StepUpNeeded"])
      assert.strictEqual((yield* anna.send("GET", "/api/v1/config")).status, 200)
      assert.strictEqual((yield* anna.send("POST", "/api/v1/rules/lint", { body: { rules: [] } })).status, 200)
      for (const wrong of ["not-a-key-of-anybody", keyOf("operator")]) {
        assert.strictEqual((yield* stepUp(wrong)).status, 401)
      }
      assert.strictEqual((yield* change()).status, 403)
      assert.strictEqual((yield* stepUp(keyOf("next-admin"))).status, 204)
      assert.strictEqual((yield* change()).status, 503)
      assert.strictEqual(
        (yield* browser().send("POST", `${session}/step-up`, {
          body: { key: keyOf("admin") },
          headers: { "x-api-key": keyOf("admin") }
        })).body.reason,
        "no_login"
      )
    }))
})

layer(Console(), { excludeTestServices: true })("what ends logins before their time", (it) => {
  it.effect("is their key leaving the secret store", () =>
    Effect.gen(function*() {
      const { setSecrets } = yield* Surroundings
      const [current, next] = [browser(), browser()]
      yield* current.logIn("admin")
      yield* next.logIn("next-admin")
      const { ADMIN_API_KEY_CURRENT: _, ADMIN_API_KEY_NEXT: promoted, ...others } = secrets
      yield* setSecrets({ ...others, ADMIN_API_KEY_CURRENT: promoted })
      yield* Effect.repeat(current.send("GET", session), { until: ({ status }) => status === 401 })
      assert.strictEqual((yield* next.send("GET", session)).status, 200)
    }))

  it.effect("is the setting session_not_before, once its time has come", () =>
    Effect.gen(function*() {
      const { now, pass, setSettings } = yield* Surroundings
      const [before, after] = [browser(), browser()]
      yield* before.logIn("viewer")
      yield* pass(1)
      const at = new Date((yield* now) + 60_000).toISOString()
      yield* setSettings({ session_not_before: at })
      assert.strictEqual((yield* before.send("GET", session)).status, 200)
      yield* pass(2)
      yield* after.logIn("viewer")
      assert.strictEqual((yield* before.send("GET", session)).status, 401)
      assert.strictEqual((yield* after.send("GET", session)).status, 200)
    }))
})
