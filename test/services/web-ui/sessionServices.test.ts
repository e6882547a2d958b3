import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { Authentication } from "../../../layers/http/Authentication.ts"
import { makeCookieSeal } from "../../../services/web-ui/session/CookieSeal.ts"
import { Login } from "../../../services/web-ui/session/Login.ts"
import { keyFingerprint } from "../../../services/web-ui/session/LoginKeys.ts"
import { SessionKey } from "../../../services/web-ui/session/SessionKey.ts"
import { SessionLayer } from "../../../services/web-ui/session/SessionRoutes.ts"
import { SignIn } from "../../../services/web-ui/session/SignIn.ts"
import { WebUiSettings } from "../../../services/web-ui/WebUiSettings.ts"
import { keyOf, secrets, sentFrom, Surroundings, World } from "./sessionHarness.ts"
import { settingsOfTests } from "./settingsOfTests.ts"

/** What logins stand on: neither PostgreSQL nor Redis is there. */
const alone = (values: Readonly<Record<string, string>>) => {
  const world = World(values)
  return Layer.mergeAll(SessionLayer, SessionKey.layer).pipe(
    Layer.provide(Layer.succeed(WebUiSettings, settingsOfTests)),
    Layer.provideMerge(world)
  )
}

const login = (key: string, began: number): Login => ({
  id: "1",
  caller: "admin",
  role: "admin",
  person: "anna",
  via: "key",
  fingerprint: keyFingerprint(key),
  wall: false,
  began,
  used: began,
  proved: began
})

/** A request with the cookie of this login, sealed by this process. */
const requestOf = Effect.fn(function*(key: string) {
  const { now } = yield* Surroundings
  const { seal } = yield* makeCookieSeal("login", Login)
  const cookie = yield* seal(login(key, yield* now))
  return { cookie, request: sentFrom("127.0.0.1", { cookie: `__Host-mutt=${cookie}` }, "GET") }
})

const { SESSION_KEY: first, ...others } = secrets
const second = "another-one-for-the-logins-of-these-tests"

describe("logins", () => {
  it.live("need neither PostgreSQL nor Redis, and are known to each process that has their SESSION_KEY", () =>
    Effect.gen(function*() {
      const { request } = yield* Effect.provide(requestOf(keyOf("admin")), alone(secrets))
      const known = (values: Readonly<Record<string, string>>) =>
        Authentication.use((authentication) => Effect.result(authentication.identify(request))).pipe(
          Effect.map((result) => result._tag === "Success" ? result.success.person : result.failure._tag),
          Effect.provide(alone(values))
        )
      // The steps in which the secret is changed: processes follow one after the other.
      assert.strictEqual(yield* known(secrets), "anna")
      assert.strictEqual(yield* known({ ...others, SESSION_KEY_CURRENT: first, SESSION_KEY_NEXT: second }), "anna")
      assert.strictEqual(yield* known({ ...others, SESSION_KEY_CURRENT: second, SESSION_KEY_NEXT: first }), "anna")
      assert.strictEqual(yield* known({ ...others, SESSION_KEY: second }), "KeyRefused")
    }))

  it.live("end with the process where the store has no SESSION_KEY, and the log says so", () =>
    Effect.gen(function*() {
      const one = Effect.gen(function*() {
        const { logged } = yield* Surroundings
        const { cookie, request } = yield* requestOf(keyOf("admin"))
        assert.deepStrictEqual(logged().filter((line) => line.includes("SESSION_KEY")), [
          "The secret store has no SESSION_KEY: logins end when this process does."
        ])
        const known = yield* Authentication.use((authentication) => authentication.identify(request))
        assert.strictEqual(known.person, "anna")
        return cookie
      })
      const [before, after] = [yield* Effect.provide(one, alone(others)), yield* Effect.provide(one, alone(others))]
      assert.notStrictEqual(before, after)
    }))

  it.live("that end, end what they opened: by their key, and by the setting", () =>
    Effect.gen(function*() {
      const { now, pass, setSecrets, setSettings } = yield* Surroundings
      const authentication = yield* Authentication
      const watch = Effect.fn(function*(key: string) {
        const { request } = yield* requestOf(key)
        const caller = yield* authentication.identify(request)
        return yield* Effect.forkScoped(authentication.untilGone(request, caller))
      })
      const [byKey, bySetting] = [yield* watch(keyOf("admin")), yield* watch(keyOf("next-admin"))]
      const { ADMIN_API_KEY_CURRENT: _, ...rest } = secrets
      yield* setSecrets(rest)
      yield* Fiber.join(byKey)
      assert.isUndefined(bySetting.pollUnsafe())
      yield* pass(1)
      yield* setSettings({ session_not_before: new Date(yield* now).toISOString() })
      yield* Fiber.join(bySetting)
    }).pipe(Effect.scoped, Effect.provide(alone(secrets))))

  it.live("begin from another machine over TLS alone, and by links never", () =>
    Effect.gen(function*() {
      const { begin, links } = yield* SignIn
      const reason = (request: Parameters<typeof begin>[1], asked: Parameters<typeof begin>[0]) =>
        Effect.map(Effect.flip(begin(asked, request)), (error) => "reason" in error ? error.reason : error._tag)
      const key = { key: keyOf("admin") }
      assert.strictEqual(yield* reason(sentFrom("192.0.2.1"), key), "plain_http")
      yield* begin(key, sentFrom("127.0.0.1"))
      const { now } = yield* Surroundings
      const holder = { caller: { name: "admin", role: "admin" }, fingerprint: keyFingerprint(key.key) } as const
      const link = links.make(holder, yield* now)
      assert.strictEqual(yield* reason(sentFrom("127.0.0.1", { host: "mutt.example" }), { link }), "not_local")
      yield* begin({ link }, sentFrom("127.0.0.1", { host: "localhost" }))
    }).pipe(Effect.provide(alone(secrets))))
})
