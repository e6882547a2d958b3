import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { call } from "./harness.ts"
import { browser, Console, keyOf, rule, session, Surroundings } from "./sessionHarness.ts"

layer(Console(), { excludeTestServices: true })("a login of the console", (it) => {
  it.effect("begins with a key and a name, and is a cookie that pages cannot read or send from elsewhere", () =>
    Effect.gen(function*() {
      const anna = browser()
      const { body, status } = yield* anna.logIn("operator", { person: "anna" })
      assert.deepStrictEqual([status, body], [204, ""])
      assert.match(anna.setCookieHeader(), /^__Host-mutt=[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+; /)
      for (const attribute of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age=3600"]) {
        assert.include(anna.setCookieHeader().split("; "), attribute)
      }
      assert.notInclude(anna.setCookieHeader(), "Domain")
    }))

  it.effect("says whose it is and how long it lasts", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("admin", { person: "anna" })
      const { body } = yield* anna.send("GET", session)
      const after = (time: string) => (Date.parse(time) - Date.parse(body.server_time)) / 60_000
      assert.deepInclude(body, { caller: "admin", role: "admin", person: "anna", via: "key", plain_http: false })
      assert.closeTo(after(body.idle_until), 60, 1)
      assert.closeTo(after(body.ends_at), 720, 1)
      assert.closeTo(after(body.step_up_until), 15, 1)
    }))

  it.effect("has no times for a script with a key, which learns who it is", () =>
    Effect.gen(function*() {
      const { body } = yield* call("GET", session, { key: keyOf("viewer") })
      const { server_time, ...rest } = body
      assert.match(server_time, /Z$/)
      assert.deepStrictEqual(rest, {
        caller: "viewer",
        role: "viewer",
        person: null,
        via: "key",
        idle_until: null,
        ends_at: null,
        step_up_until: null,
        plain_http: false
      })
    }))

  it.effect("may do what its key may, and the record has the person beside it", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("operator", { person: "anna" })
      assert.strictEqual((yield* anna.send("POST", "/api/v1/rules", { body: rule })).status, 201)
      const { body } = yield* anna.send("GET", "/api/v1/config-audit")
      assert.strictEqual(body.changes[0].changed_by, "operator/anna")
      const refused = yield* anna.send("PUT", "/api/v1/config/moog_rate_limit", { body: { value: 7 } })
      assert.deepStrictEqual([refused.status, refused.body._tag], [403, "RoleRefused"])
    }))

  it.effect("ends with the logout, also where its cookie was copied to", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("viewer")
      const copy = browser()
      copy.setCookie(anna.cookie())
      assert.strictEqual((yield* anna.send("DELETE", session)).status, 204)
      assert.match(anna.setCookieHeader(), /^__Host-mutt=; Max-Age=0;/)
      assert.strictEqual(anna.cookie(), "")
      assert.strictEqual((yield* copy.send("GET", session)).status, 401)
      assert.strictEqual((yield* browser().send("DELETE", session)).status, 204)
    }))

  it.effect("does not begin without a key that somebody has", () =>
    Effect.gen(function*() {
      const anna = browser()
      const ingest = yield* anna.logIn("ingest")
      assert.deepStrictEqual([ingest.status, ingest.body._tag], [403, "RoleRefused"])
      const far = yield* anna.logIn("far")
      assert.deepStrictEqual([far.status, far.body._tag], [401, "KeyRefused"])
      for (const body of [{}, { person: "anna" }, { key: keyOf("viewer"), person: "a/b" }, { key: 1 }]) {
        assert.strictEqual((yield* anna.send("POST", session, { body })).status, 422, JSON.stringify(body))
      }
      assert.strictEqual(anna.cookie(), "")
    }))

  it.effect("counts only where no key is shown", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("operator")
      const headers = { "x-api-key": "not-a-key-of-anybody" }
      assert.strictEqual((yield* anna.send("GET", session, { headers })).status, 401)
      const { body } = yield* anna.send("GET", session, { headers: { "x-api-key": keyOf("viewer") } })
      assert.deepInclude(body, { caller: "viewer", ends_at: null })
    }))

  it.effect("cannot be made up", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("viewer")
      const [name, sealed = ""] = anna.cookie().split("=")
      const [header, , iv, text = "", tag] = sealed.split(".")
      const other = text[9] === "A" ? "B" : "A"
      const changed = text.slice(0, 9) + other + text.slice(10)
      const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url")
      for (
        const forged of [
          "",
          "x",
          "a.b.c.d.e",
          [header, "", iv, changed, tag].join("."),
          [none, "", iv, text, tag].join("."),
          sealed.repeat(20)
        ]
      ) {
        anna.setCookie(`${name}=${forged}`)
        assert.strictEqual((yield* anna.send("GET", session)).status, 401, forged)
      }
    }))
})

layer(Console(), { excludeTestServices: true })("who tries keys at the login", (it) => {
  it.effect("is told to wait after five wrong ones, and a good one logs in all the same", () =>
    Effect.gen(function*() {
      const statuses: Array<number> = []
      for (let n = 0; n < 5; n++) {
        statuses.push((yield* browser().send("POST", session, { body: { key: `not-a-key-of-anybody-${n}` } })).status)
      }
      assert.deepStrictEqual(statuses, [401, 401, 401, 401, 401])
      const { body, headers, status } = yield* browser().send("POST", session, { body: { link: "not-a-link" } })
      assert.deepStrictEqual([status, body._tag], [429, "TooManyFailures"])
      assert.isAtMost(Number(headers["retry-after"]), 60)
      assert.strictEqual((yield* browser().logIn("viewer")).status, 204)
    }))
})

layer(Console(), { excludeTestServices: true })("a link", (it) => {
  const link = (key = keyOf("admin")) => call("POST", `${session}/link`, { key })

  it.effect("logs in once", () =>
    Effect.gen(function*() {
      const { body, status } = yield* link()
      assert.strictEqual(status, 200)
      const anna = browser()
      assert.strictEqual((yield* anna.send("POST", session, { body: { link: body.link } })).status, 204)
      assert.deepInclude((yield* anna.send("GET", session)).body, { caller: "admin", role: "admin", via: "key" })
      const again = yield* browser().send("POST", session, { body: { link: body.link } })
      assert.deepStrictEqual([again.status, again.body._tag], [401, "KeyRefused"])
    }))

  it.effect("is good for a minute", () =>
    Effect.gen(function*() {
      const { now, pass } = yield* Surroundings
      const { body } = yield* link()
      assert.closeTo(Date.parse(body.expires_at) - (yield* now), 60_000, 5_000)
      yield* pass(1)
      assert.strictEqual((yield* browser().send("POST", session, { body: { link: body.link } })).status, 401)
    }))

  it.effect("is given for a key that may read, in a header, and never for a login", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("admin")
      const { body, status } = yield* anna.send("POST", `${session}/link`)
      assert.deepStrictEqual([status, body._tag, body.reason], [403, "LoginRefused", "key_only"])
      assert.strictEqual((yield* link(keyOf("ingest"))).body._tag, "RoleRefused")
    }))

  it.effect("comes alone, as the login it begins is its key's", () =>
    Effect.gen(function*() {
      const { body } = yield* link()
      for (const more of [{ key: keyOf("viewer") }, { person: "anna" }, { wall: true }]) {
        const answer = yield* browser().send("POST", session, { body: { link: body.link, ...more } })
        assert.strictEqual(answer.status, 422)
      }
    }))
})
