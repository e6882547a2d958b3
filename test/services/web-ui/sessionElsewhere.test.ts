import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import {
  cookieProblem,
  cookieRules,
  isAskedHere,
  isOwnPage,
  isPrivateWay
} from "../../../services/web-ui/session/cookieRules.ts"
import { browser, Console, keyOf, rule, sentFrom, session } from "./sessionHarness.ts"

const site = (name: string) => ({ "sec-fetch-site": name })

layer(Console(), { excludeTestServices: true })("a request of another site with the cookie of a login", (it) => {
  it.effect("changes nothing, whatever it says of itself", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("operator")
      for (const headers of [site("cross-site"), site("same-site"), site("none"), site("")]) {
        const { body, status } = yield* anna.send("POST", "/api/v1/rules", { body: rule, headers })
        assert.deepStrictEqual([status, body._tag], [401, "KeyRefused"], JSON.stringify(headers))
      }
      assert.strictEqual((yield* anna.send("POST", "/api/v1/rules", { body: rule })).status, 201)
    }))

  it.effect("reads nothing", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("operator")
      for (const path of ["/api/v1/rules", "/api/v1/config/stream", "/admin/config", session]) {
        assert.strictEqual((yield* anna.send("GET", path, { headers: site("cross-site") })).status, 401, path)
        assert.strictEqual((yield* anna.send("GET", path)).status, 200, path)
      }
    }))

  it.effect("sends no form and no plain text, also from a page of ours", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("operator")
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
        const headers = { "content-type": type }
        const { status } = yield* anna.send("POST", "/api/v1/rules", { body: JSON.stringify(rule), headers })
        assert.strictEqual(status, 401, type)
        const login = { body: JSON.stringify({ key: keyOf("viewer") }), headers }
        assert.notStrictEqual((yield* browser().send("POST", session, login)).status, 204, type)
      }
    }))

  it.effect("begins no login, and is answered nothing that lets its page read", () =>
    Effect.gen(function*() {
      const headers = { ...site("cross-site"), origin: "https://elsewhere.example" }
      const anna = browser()
      const answer = yield* anna.send("POST", session, { body: { key: keyOf("viewer") }, headers })
      assert.deepStrictEqual([answer.status, answer.body._tag, answer.body.reason], [403, "LoginRefused", "other_page"])
      assert.strictEqual(anna.cookie(), "")
      const { headers: said } = yield* browser().send("OPTIONS", "/api/v1/rules", { headers })
      assert.deepStrictEqual(
        Object.keys({ ...answer.headers, ...said }).filter((name) => name.startsWith("access-control")),
        []
      )
    }))
})

layer(Console({ plainHttp: true }), { excludeTestServices: true })("with WEBUI_PLAIN_HTTP", (it) => {
  it.effect("the cookie has neither Secure nor __Host-, and the login says so", () =>
    Effect.gen(function*() {
      const anna = browser()
      yield* anna.logIn("viewer")
      assert.match(anna.setCookieHeader(), /^mutt=/)
      assert.include(anna.setCookieHeader(), "HttpOnly")
      assert.include(anna.setCookieHeader(), "SameSite=Strict")
      assert.notInclude(anna.setCookieHeader(), "Secure")
      assert.isTrue((yield* anna.send("GET", session)).body.plain_http)
    }))
})

describe("where a login counts", () => {
  const [plain, tls, open] = [cookieRules(false, false), cookieRules(true, true), cookieRules(false, true)]
  const own = { "sec-fetch-site": "same-origin" }

  it("is over TLS, on the machine itself, or anywhere when WEBUI_PLAIN_HTTP says so", () => {
    for (const here of ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"]) {
      assert.isTrue(isPrivateWay(plain, sentFrom(here)), here)
    }
    for (const there of ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", ""]) {
      const sent = sentFrom(there, own)
      assert.isFalse(isPrivateWay(plain, sent), there)
      assert.isString(cookieProblem(plain, sent))
      assert.isTrue(isPrivateWay(tls, sent) && isPrivateWay(open, sent))
    }
    assert.deepStrictEqual([tls.name, tls.plainHttp, open.name], ["__Host-mutt", false, "mutt"])
  })

  it("is our own origin, where the browser names no site", () => {
    const from = (origin: string, host = "mutt.example:8090") => sentFrom("127.0.0.1", { origin, host })
    assert.isTrue(isOwnPage(plain, from("http://mutt.example:8090")))
    assert.isTrue(isOwnPage(tls, from("https://mutt.example", "mutt.example")))
    for (
      const origin of [
        "http://mutt.example",
        "http://mutt.example:8091",
        "http://evil.mutt.example:8090",
        "http://mutt.example:8090@evil.example",
        "null",
        ""
      ]
    ) {
      assert.isFalse(isOwnPage(plain, from(origin)), origin)
    }
    assert.isFalse(isOwnPage(tls, from("http://mutt.example", "mutt.example")))
    assert.isUndefined(isOwnPage(plain, sentFrom("127.0.0.1")))
    assert.isString(cookieProblem(plain, sentFrom("127.0.0.1")), "a change of who says nothing")
    assert.isUndefined(cookieProblem(plain, sentFrom("127.0.0.1", {}, "GET")))
  })

  it("for links is this machine, asked by a name of its own and not through a proxy", () => {
    const asked = (host: string, address = "127.0.0.1") => isAskedHere(sentFrom(address, { host }))
    for (const host of ["127.0.0.1:8090", "localhost", "LOCALHOST:1", "[::1]:8090"]) assert.isTrue(asked(host), host)
    for (const host of ["mutt.example", "127.0.0.1.evil.example", "", "localhost.evil"]) {
      assert.isFalse(asked(host), host)
    }
    assert.isFalse(asked("localhost", "192.0.2.1"))
  })
})
