import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { call, running, Stores } from "./harness.ts"

const reads = [
  "/rules",
  "/rules/1",
  "/dev-hosts",
  "/teams",
  "/audit-logs",
  "/config-audit",
  "/audit",
  "/dead-letters",
  "/dead-letters/events",
  "/dead-letters/events/groups",
  "/alerts",
  "/alerts/groups?by=host",
  "/decode-report",
  "/metrics",
  "/books",
  "/status",
  "/config",
  "/hosts",
  "/keys",
  "/views"
]

const writes: ReadonlyArray<readonly ["POST" | "PUT" | "DELETE", string]> = [
  ["POST", "/rules"],
  ["PUT", "/rules/1"],
  ["DELETE", "/rules/1"],
  ["POST", "/dev-hosts"],
  ["DELETE", "/dev-hosts/x"],
  ["POST", "/teams"],
  ["PUT", "/teams/x"],
  ["DELETE", "/teams/x"],
  ["POST", "/dead-letters/events/replay"],
  ["POST", "/dead-letters/events/discard"],
  ["POST", "/dead-letters/quarantine/retry"],
  ["POST", "/alerts/retry"],
  ["POST", "/hosts/import"],
  ["PUT", "/views/x"],
  ["DELETE", "/views/x"]
]

layer(running(Stores), { excludeTestServices: true })("who may do what", (it) => {
  it.effect("nobody reads without a key, with a wrong one, or with one that only sends events", () =>
    Effect.gen(function*() {
      for (const version of ["v1", "v2"]) {
        for (const path of reads) {
          const url = `/api/${version}${path}`
          for (const key of ["", "wrong", "schlüssel", "VIEWER-KEY", "viewer"]) {
            const { body, headers, status } = yield* call("GET", url, { key })
            assert.deepStrictEqual([status, body._tag], [401, "KeyRefused"], `${url} ${key}`)
            assert.isDefined(headers["x-api-version"])
          }
          const { body, status } = yield* call("GET", url, { key: "ingest-key-of-tests" })
          assert.deepStrictEqual([status, body._tag], [403, "RoleRefused"], url)
        }
      }
    }))

  it.effect("a viewer reads everything and changes nothing", () =>
    Effect.gen(function*() {
      for (const path of reads) {
        const { status } = yield* call("GET", `/api/v1${path}`, { key: "viewer-key-of-tests" })
        assert.include([200, 404], status, path)
      }
      for (const [method, path] of writes) {
        const { body, status } = yield* call(method, `/api/v2${path}`, { key: "viewer-key-of-tests", body: {} })
        assert.deepStrictEqual([status, body._tag], [403, "RoleRefused"], path)
      }
    }))

  it.effect("an operator and an administrator may change; what they send is judged only then", () =>
    Effect.gen(function*() {
      for (const key of ["operator-key-of-tests", "admin-key-of-tests"]) {
        for (const [method, path] of writes) {
          const { status } = yield* call(method, `/api/v1${path}`, { key, body: {} })
          assert.include([200, 404, 422], status, `${method} ${path}`)
        }
      }
    }))

  it.effect("every key is told who it is, and a login begins and ends without one", () =>
    Effect.gen(function*() {
      for (const key of ["ingest-key-of-tests", "viewer-key-of-tests"]) {
        assert.strictEqual((yield* call("GET", "/api/v2/session", { key })).status, 200)
      }
      assert.strictEqual((yield* call("GET", "/api/v1/session", { key: "" })).status, 401)
      const body = { key: "viewer-key-of-tests" }
      assert.strictEqual((yield* call("POST", "/api/v2/session", { key: "", body })).status, 204)
      assert.strictEqual((yield* call("DELETE", "/api/v2/session", { key: "" })).status, 204)
    }))

  it.effect("a key may come as a bearer token, and never in the query", () =>
    Effect.gen(function*() {
      const bearer = yield* call("GET", "/api/v1/rules", {
        key: "",
        headers: { authorization: "Bearer viewer-key-of-tests" }
      })
      assert.strictEqual(bearer.status, 200)
      assert.strictEqual((yield* call("GET", "/api/v1/rules?api_key=admin-key-of-tests", { key: "" })).status, 401)
    }))

  it.effect("the version and the reference need no key", () =>
    Effect.gen(function*() {
      for (const path of ["/api/v1/version", "/api/v2/version", "/openapi.json", "/docs"]) {
        assert.strictEqual((yield* call("GET", path, { key: "" })).status, 200, path)
      }
    }))
})
