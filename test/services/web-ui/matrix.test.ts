import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { HttpApi } from "effect/http-api"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { AdminOnly, Authenticated, OperatorOnly, ViewerOnly } from "../../../src/api/shared/Access.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { permits, type Role } from "../../../src/domain/Role.ts"
import { DynamicConfigFixed, staticOf } from "../../layers/http/harness.ts"
import { makeSecretStoreMemory } from "../../layers/secret/SecretStoreMemory.ts"
import { call, running, Stores } from "./harness.ts"

const key = (name: string) => `${name}-key-of-the-matrix`

/** What an administrator may come to write into the store. */
const store = {
  INGEST_API_KEY: key("ingest"),
  VIEWER_API_KEY: key("viewer"),
  OPERATOR_API_KEY_CURRENT: key("operator"),
  OPERATOR_API_KEY_NEXT: key("operator-next"),
  OPERATOR_API_KEY_PREVIOUS: key("operator-previous"),
  WEBUI_API_KEY: key("admin"),
  ADMIN_API_KEY: "short",
  API_KEY_ADMIN_REVOKED_PREVIOUS: key("revoked"),
  API_KEY_ADMIN_REVOKED_PREVIOUS_CURRENT: key("revoked-twice"),
  API_KEY_ADMIN_NEAR: key("near"),
  API_KEY_ADMIN_NEAR_FROM: "127.0.0.0/8, ::1",
  API_KEY_ADMIN_FAR: key("far"),
  API_KEY_ADMIN_FAR_FROM: "192.0.2.0/24",
  API_KEY_ADMIN_NOWHERE: key("nowhere"),
  API_KEY_ADMIN_NOWHERE_FROM: "anywhere",
  API_KEY_EMPEROR_X: key("emperor"),
  MOOG_API_KEY: key("moog")
}

/** Credential → headers, and the role that they have: none is 401. */
const credentials: ReadonlyArray<readonly [name: string, headers: Record<string, string>, role?: Role]> = [
  ["nothing", {}],
  ["an empty key", { "x-api-key": "" }],
  ["a wrong key", { "x-api-key": key("wrong") }],
  ["a key in other letters", { "x-api-key": key("admin").toUpperCase() }],
  ["a key with basic authentication", { authorization: `Basic ${key("admin")}` }],
  ["ingest", { "x-api-key": key("ingest") }, "ingest"],
  ["viewer", { "x-api-key": key("viewer") }, "viewer"],
  ["viewer as a bearer", { authorization: `Bearer ${key("viewer")}` }, "viewer"],
  ["operator", { "x-api-key": key("operator") }, "operator"],
  ["operator's NEXT", { "x-api-key": key("operator-next") }, "operator"],
  ["operator's PREVIOUS", { "x-api-key": key("operator-previous") }],
  ["admin", { "x-api-key": key("admin") }, "admin"],
  ["an admin's that is short", { "x-api-key": "short" }],
  ["a revoked admin's, whose CURRENT is gone", { "x-api-key": key("revoked") }],
  ["the same under a name made for it", { "x-api-key": key("revoked-twice") }],
  ["an admin's from where it is good", { "x-api-key": key("near") }, "admin"],
  ["an admin's from elsewhere", { "x-api-key": key("far") }],
  ["the same with a header that claims to be there", { "x-api-key": key("far"), "x-forwarded-for": "192.0.2.1" }],
  ["an admin's whose addresses cannot be read", { "x-api-key": key("nowhere") }],
  ["a role that there is not", { "x-api-key": key("emperor") }],
  ["our key at the platform", { "x-api-key": key("moog") }]
]

interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly path: string
  readonly needs: Role | "any key" | undefined
}

const methodOf = (method: string): Route["method"] =>
  method === "POST" || method === "PUT" || method === "DELETE" ? method : "GET"

/** Every route of the declared API, with the role that its declaration asks for. */
const routes: Array<Route> = []
HttpApi.reflect(WebUiApi, {
  onGroup: () => {},
  onEndpoint: ({ endpoint, middleware }) => {
    const has = (wanted: unknown) => [...middleware].some((one) => one === wanted)
    const needs = has(AdminOnly)
      ? "admin"
      : has(OperatorOnly)
      ? "operator"
      : has(ViewerOnly)
      ? "viewer"
      : has(Authenticated)
      ? "any key"
      : undefined
    const path = endpoint.path.replaceAll(/:\w+/g, "1")
    for (const one of [path, path.replace("/api/v1", "/api/v2")]) {
      routes.push({ method: methodOf(endpoint.method), path: one, needs })
    }
  }
})

const World = AuthenticationLayer.pipe(
  Layer.provideMerge(SecretsFromStore),
  Layer.provide(Layer.unwrap(Effect.map(makeSecretStoreMemory(store), ({ layer }) => layer))),
  Layer.provideMerge(DynamicConfigFixed),
  Layer.provideMerge(staticOf("web-ui")),
  Layer.provide(Logger.layer([]))
)

const allowed = (needs: Route["needs"], role: Role | undefined): 200 | 401 | 403 =>
  needs === undefined ? 200 : role === undefined ? 401 : needs === "any key" || permits(role, needs) ? 200 : 403

layer(running(Stores, World).pipe(Layer.provide(Logger.layer([]))), { excludeTestServices: true })(
  "every route",
  (it) => {
    it.effect("is open to the roles that it names, with every credential, and to nobody else", () =>
      Effect.gen(function*() {
        const wrong: Array<string> = []
        for (
          const { method, needs, path } of [
            ...routes,
            { method: "GET", path: "/admin/config", needs: "any key" } as const
          ]
        ) {
          for (const [name, headers, role] of credentials) {
            const { body, status } = yield* call(method, path, {
              key: "",
              headers,
              ...(method === "GET" ? {} : { body: {} })
            })
            const wanted = allowed(needs, role)
            const found = status === 401 || status === 403 || status === 429 ? status : 200
            const tag = wanted === 401 ? "KeyRefused" : wanted === 403 ? "RoleRefused" : body?._tag
            if (found !== wanted || body?._tag !== tag) wrong.push(`${method} ${path} with ${name}: ${status}`)
          }
        }
        assert.deepStrictEqual(wrong, [])
        assert.isAbove(routes.length, 80)
        assert.isAbove(routes.filter(({ needs }) => needs === "admin").length, 10)
      }))
  }
)
