import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { HttpServer } from "effect/http"
import { OidcFetch } from "../../../services/web-ui/session/OidcProvider.ts"
import { parseOidcRoles, personOfClaims, roleOfClaims } from "../../../services/web-ui/session/oidcRoles.ts"
import type { OidcRefusal } from "../../../src/domain/OidcRefusal.ts"
import { call } from "./harness.ts"
import { clientId, issuer, makeOidcStandIn } from "./oidcStandIn.ts"
import { browser, Console, session, Surroundings } from "./sessionHarness.ts"

class Provider
  extends Context.Service<Provider, Effect.Success<typeof makeOidcStandIn>>()("test/services/web-ui/Provider")
{}

const World = Layer.unwrap(Effect.map(makeOidcStandIn, (provider) =>
  Console({
    oidcIssuer: issuer,
    oidcClientId: clientId,
    oidcRoleClaim: "realm_access.roles",
    oidcRoles: "admin=netops,viewer=everybody"
  }).pipe(
    Layer.provide(Layer.succeed(OidcFetch, provider.fetch)),
    Layer.merge(Layer.succeed(Provider, provider))
  )))

const anna = { sub: "1", email: "anna@example.com", email_verified: true, realm_access: { roles: ["netops"] } }

/** One page that a browser is sent to: nothing is followed. */
const visit = (path: string, cookies: ReadonlyArray<string> = []) =>
  HttpServer.addressFormattedWith((url) =>
    Effect.promise(async () => {
      const target = new URL(path, url.replace(/0\.0\.0\.0|\[::\]/, "127.0.0.1"))
      const answer = await fetch(target, { redirect: "manual", headers: { cookie: cookies.join("; ") } })
      const set = answer.headers.getSetCookie()
      return { status: answer.status, to: answer.headers.get("location") ?? "", set }
    })
  )
const Times = Schema.decodeUnknownSync(Schema.Struct({ server_time: Schema.String, step_up_until: Schema.String }))
const pair = (cookie: string | undefined) => cookie?.split(";")[0] ?? ""
const refused = (why: OidcRefusal) => `/console/#refused=${why}`
const begin = visit(`${session}/oidc`)
const comeBack = (back: URL, cookies: ReadonlyArray<string>) => visit(`${back.pathname}${back.search}`, cookies)

layer(World, { excludeTestServices: true })("a login at a provider", (it) => {
  it.effect("is of whom the provider knows, with the role that its claim gives", () =>
    Effect.gen(function*() {
      const provider = yield* Provider
      const sent = yield* begin
      assert.strictEqual(sent.status, 303)
      assert.match(sent.to, /^https:\/\/login\.example\/authorize\?/)
      assert.include(sent.to, "code_challenge_method=S256")
      assert.match(sent.set[0] ?? "", /^__Host-mutt-oidc=.*Max-Age=600;.*HttpOnly;.*Secure;.*SameSite=Lax$/)
      const back = provider.logIn(sent.to, anna)
      assert.match(back.href, /^http:\/\/(?:127\.0\.0\.1|localhost):\d+\/api\/v1\/session\/oidc\/callback\?/)
      const { set, status, to } = yield* comeBack(back, [pair(sent.set[0])])
      assert.deepStrictEqual([status, to], [303, "/console/"])
      const tab = browser()
      tab.setCookie(pair(set.find((cookie) => cookie.startsWith("__Host-mutt="))))
      assert.deepInclude((yield* tab.send("GET", session)).body, {
        caller: "oidc",
        person: "anna@example.com",
        role: "admin",
        via: "oidc"
      })
      const again = yield* comeBack(back, [pair(sent.set[0])])
      assert.strictEqual(again.to, refused("unproved"), "a code is good once")
    }))

  it.effect("is offered to who asks for the ways, without a key", () =>
    Effect.gen(function*() {
      const { body, status } = yield* call("GET", `${session}/ways`, { key: "" })
      assert.deepStrictEqual([status, body], [200, { key: true, oidc: true, plain_http: false }])
    }))

  it.effect("is not begun without a role, and the console says so", () =>
    Effect.gen(function*() {
      const provider = yield* Provider
      const sent = yield* begin
      const back = provider.logIn(sent.to, { ...anna, realm_access: { roles: ["others"] } })
      const { set, status, to } = yield* comeBack(back, [pair(sent.set[0])])
      assert.deepStrictEqual([status, to, set], [303, refused("no_role"), []])
    }))

  it.effect("has the role that userinfo tells where the ID token tells none, and nothing else of it counts", () =>
    Effect.gen(function*() {
      const provider = yield* Provider
      const loggedIn = Effect.fnUntraced(function*(claims: object) {
        const sent = yield* begin
        const { set, to } = yield* comeBack(provider.logIn(sent.to, claims), [pair(sent.set[0])])
        const tab = browser()
        tab.setCookie(pair(set.find((cookie) => cookie.startsWith("__Host-mutt="))))
        return { to, body: (yield* tab.send("GET", session)).body }
      })
      const auth_time = Math.floor(Date.now() / 1_000)
      provider.says(() => ({ ...anna, auth_time }))
      yield* loggedIn(anna)
      assert.deepStrictEqual(provider.asked, [], "it is not asked for what is known")
      const { body } = yield* loggedIn({ sub: "1", realm_access: {} })
      assert.deepInclude(body, { person: "anna@example.com", role: "admin" })
      assert.deepStrictEqual(provider.asked, ["Bearer for-userinfo"])
      const { server_time, step_up_until } = Times(body)
      assert.isBelow(Date.parse(step_up_until), Date.parse(server_time), "userinfo proves no login")

      provider.says(() => ({ ...anna, sub: "2" }))
      assert.strictEqual((yield* loggedIn({ sub: "1" })).to, refused("unproved"), "it speaks of somebody else")
      provider.says(() => ({ sub: "1" }))
      assert.strictEqual((yield* loggedIn({ sub: "1" })).to, refused("no_role"))
      provider.says(() => {
        throw new TypeError("fetch failed")
      })
      assert.strictEqual((yield* loggedIn({ sub: "1" })).to, refused("away"))
    }))

  it.effect("counts as proved from when the provider says, until it is proved anew", () =>
    Effect.gen(function*() {
      const provider = yield* Provider
      const provedIn = Effect.fnUntraced(function*(query: string, claims: object) {
        const sent = yield* visit(`${session}/oidc${query}`)
        const { set } = yield* comeBack(provider.logIn(sent.to, { ...anna, ...claims }), [pair(sent.set[0])])
        const tab = browser()
        tab.setCookie(pair(set.find((cookie) => cookie.startsWith("__Host-mutt="))))
        const { body } = yield* tab.send("GET", session)
        const { server_time, step_up_until } = Times(body)
        return {
          asked: new URL(sent.to).searchParams,
          minutes: (Date.parse(step_up_until) - Date.parse(server_time)) / 60_000
        }
      })
      const before = (minutes: number) => Math.floor(Date.now() / 1_000) - minutes * 60
      const long = yield* provedIn("", { auth_time: before(20) })
      assert.deepStrictEqual([long.asked.get("max_age"), long.asked.get("prompt"), Math.round(long.minutes)], [
        "43200",
        null,
        -5
      ])
      assert.isBelow((yield* provedIn("", {})).minutes, 0, "one that does not tell is not believed")
      const fresh = yield* provedIn("?fresh=1", { auth_time: before(0) })
      assert.deepStrictEqual([fresh.asked.get("max_age"), fresh.asked.get("prompt"), Math.round(fresh.minutes)], [
        "0",
        "login",
        15
      ])
      assert.isBelow(
        (yield* provedIn("?fresh=1", { auth_time: before(20) })).minutes,
        0,
        "what it remembers is no proof"
      )
      assert.strictEqual(Math.round((yield* provedIn("?fresh=1", {})).minutes), 15)
    }))

  it.effect("ends in the browser that began it, within ten minutes", () =>
    Effect.gen(function*() {
      const provider = yield* Provider
      const { pass } = yield* Surroundings
      const [sent, other] = [yield* begin, yield* begin]
      const back = provider.logIn(sent.to, anna)
      assert.strictEqual((yield* comeBack(back, [])).to, refused("late"))
      assert.strictEqual((yield* comeBack(back, [pair(other.set[0])])).to, refused("unproved"))
      yield* pass(10)
      assert.strictEqual((yield* comeBack(provider.logIn(sent.to, anna), [pair(sent.set[0])])).to, refused("late"))
    }))

  it.effect("leads back to the console while the provider does not answer", () =>
    Effect.gen(function*() {
      const provider = yield* Provider
      const sent = yield* begin
      const back = provider.logIn(sent.to, anna)
      provider.setAway(true)
      assert.strictEqual((yield* comeBack(back, [pair(sent.set[0])])).to, refused("away"))
      provider.setAway(false)
    }))
})

describe("the roles of a provider", () => {
  it("are read from their setting, or it says what is wrong", () => {
    assert.deepStrictEqual(parseOidcRoles("admin=netops, operator=noc,viewer=*"), [
      { role: "admin", value: "netops" },
      { role: "operator", value: "noc" },
      { role: "viewer", value: "*" }
    ])
    for (const wrong of ["netops", "emperor=x", "ingest=x", "admin=", "admin=*"]) {
      assert.isString(parseOidcRoles(wrong), wrong)
    }
  })

  it("are the highest of those that the claim gives", () => {
    const wanted = parseOidcRoles("admin=netops,operator=noc,viewer=*")
    const role = (claims: Readonly<Record<string, unknown>>) =>
      typeof wanted === "string" ? undefined : roleOfClaims(claims, "groups", wanted)
    assert.strictEqual(role({ groups: ["noc", "netops"] }), "admin")
    assert.strictEqual(role({ groups: "noc" }), "operator")
    assert.strictEqual(role({}), "viewer")
    assert.isUndefined(roleOfClaims({ groups: {} }, "groups", [{ role: "admin", value: "netops" }]))
  })

  it("come with a name: an address that was checked, or what the provider calls somebody", () => {
    assert.strictEqual(personOfClaims({ sub: "1", email: "a@b.c", email_verified: true }), "a@b.c")
    assert.strictEqual(personOfClaims({ sub: "1", email: "a@b.c", preferred_username: "anna" }), "anna")
    assert.isUndefined(personOfClaims({ sub: 1 }))
  })
})
