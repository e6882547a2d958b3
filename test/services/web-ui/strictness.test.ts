import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { call, running, Stores } from "./harness.ts"

const rule = {
  match_string: "LINK-DOWN",
  prod_handling: "Page_and_ticket",
  dev_handling: "Ignore",
  team_assignment: "NetOps"
}

type Method = Parameters<typeof call>[0]

/** Every endpoint, with something in place of its parameters. */
const endpoints = Object.values(WebUiApi.groups).flatMap((group) =>
  Object.values(group.endpoints).map(({ identifier, method, path, payload }) => ({
    name: `${group.identifier}.${identifier}`,
    method: method as Method,
    path: path.replace(":id", "1").replace(":version", "1").replace(":queue", "events").replace(":secret", "DB_PASS")
      .replace(/:\w+/, "sw1"),
    takesBody: payload.size > 0
  }))
)

const messages = (body: { errors: ReadonlyArray<{ message: string }> }) => body.errors.map(({ message }) => message)

layer(running(Stores), { excludeTestServices: true })("what the API does not know", (it) => {
  it.effect("is refused as a parameter on every path, after the key", () =>
    Effect.gen(function*() {
      for (const { method, name, path } of endpoints.filter(({ name }) => name !== "settings.stream")) {
        const { body, status } = yield* call(method, `${path}?lmit=1`)
        assert.deepStrictEqual([status, body._tag, body.errors?.[0]?.field], [422, "Invalid", "lmit"], name)
        if (!["overview.version", "session.begin", "session.end", "session.ways"].includes(name)) {
          assert.strictEqual((yield* call(method, `${path}?lmit=1`, { key: "" })).status, 401, name)
        }
      }
    }))

  it.effect("is refused as a field of every body", () =>
    Effect.gen(function*() {
      for (const { method, name, path } of endpoints.filter(({ takesBody }) => takesBody)) {
        const { body, status } = yield* call(method, path, { body: { reasn: "typing" } })
        assert.deepStrictEqual([status, body._tag], [422, "Invalid"], name)
        assert.match(
          messages(body)[0] ?? "",
          /^There is no field `reasn`; did you mean `(reason|tag|rules|match|person|key)`\?$/,
          name
        )
      }
    }))

  it.effect("changes nothing, and the answer names the field that was meant", () =>
    Effect.gen(function*() {
      const { body: { id } } = yield* call("POST", "/api/v1/rules", { body: rule })
      const { body, status } = yield* call("PUT", `/api/v1/rules/${id}`, { body: { prority: 5, is_active: false } })
      assert.deepStrictEqual([status, body.errors], [422, [
        { field: "prority", message: "There is no field `prority`; did you mean `priority`?" }
      ]])
      assert.deepInclude((yield* call("GET", `/api/v1/rules/${id}`)).body, { priority: 100, is_active: true })
      const team = yield* call("POST", "/api/v1/rules", { body: { ...rule, team: "x", toString: 1 } })
      assert.include(messages(team.body), "There is no field `team`; did you mean `team_assignment`?")
      const proto = yield* call("POST", "/api/v1/rules", {
        body: JSON.stringify(rule).replace("{", "{\"__proto__\":{\"priority\":1},")
      })
      assert.deepStrictEqual([proto.status, proto.body.errors[0].field], [422, "__proto__"])
    }))

  it.effect("is told with everything else that is wrong, and within bounds", () =>
    Effect.gen(function*() {
      const both = yield* call("POST", "/api/v1/rules", { body: { ...rule, prority: 1, is_active: "yes" } })
      assert.deepStrictEqual(both.body.errors.map(({ field }: { field: string }) => field), ["prority", "is_active"])
      const wrong = Object.fromEntries(Array.from({ length: 6_000 }, (_, n) => [`${"x".repeat(150)}${n}`, n]))
      const many = yield* call("POST", "/api/v1/rules", { body: { ...rule, ...wrong } })
      assert.deepStrictEqual([many.status, many.body.errors.length], [422, 21])
      assert.strictEqual(messages(many.body).at(-1), "5980 more fields are wrong.")
      assert.isBelow(JSON.stringify(many.body).length, 10_000)
    }))

  it.effect("is named in the query too; a version of the API may be asked for anywhere", () =>
    Effect.gen(function*() {
      const { body } = yield* call("GET", "/api/v1/audit-logs?hostnam=sw1")
      assert.deepStrictEqual(messages(body), ["There is no parameter `hostnam`; did you mean `hostname`?"])
      for (const path of ["rules", "audit-logs?limit=5", "version"]) {
        const asked = `/api/v1/${path}${path.includes("?") ? "&" : "?"}api_version=2.0`
        const { headers, status } = yield* call("GET", asked)
        assert.deepStrictEqual([status, headers["x-api-version"]], [200, "2.0"], path)
      }
    }))
})

layer(running(Stores), { excludeTestServices: true })("what no store could take", (it) => {
  it.effect("is refused by its field: ids, NUL, half characters, numbers that no column holds, nothing at all", () =>
    Effect.gen(function*() {
      const ids = (ids: ReadonlyArray<unknown>) => ({ body: { ids } })
      const cases: ReadonlyArray<readonly [Method, string, object, string]> = [
        ["POST", "dead-letters/events/replay", ids(["1-0", "x"]), "ids.1"],
        ["POST", "dead-letters/alerts/discard", ids(["\0"]), "ids.0"],
        ["POST", "dead-letters/events/discard", ids(["1-9999999999999999"]), "ids.0"],
        ["POST", "dead-letters/events/replay", { body: { filter: { up_to: "x" }, expected: 1 } }, "filter.up_to"],
        ["POST", "alerts/retry", ids(["a"]), "ids.0"],
        ["GET", "alerts?cursor=elsewhere_1", {}, "cursor"],
        ["GET", "dead-letters/events?from=yesterday", {}, "from"],
        ["GET", "dead-letters/events?before=x", {}, "before"],
        ["GET", "dead-letters/events?before=", {}, "before"],
        ["POST", "rules", { body: { ...rule, match_string: "\ud800" } }, "match_string"],
        ["POST", "rules", { body: { ...rule, reason: "a\0b" } }, "reason"],
        ["POST", "teams", { body: { hostname: "sw1", team_assignment: "\udfff" } }, "team_assignment"],
        ["POST", "config/rollback", { body: { version: 2 ** 40 } }, "version"],
        ["GET", "audit-logs?hostname=", {}, "hostname"],
        ["GET", "audit-logs?rule_id=99999999999", {}, "rule_id"],
        ["GET", "audit-logs?rule_id=1e3", {}, "rule_id"],
        ["GET", "audit-logs?start_date=", {}, "start_date"],
        ["GET", "config-audit?operation=", {}, "operation"],
        ["GET", "audit/chain?from=0", {}, "from"],
        ["GET", "config/history?key=", {}, "key"]
      ]
      for (const [method, path, options, field] of cases) {
        const { body, status } = yield* call(method, `/api/v1/${path}`, options)
        assert.deepStrictEqual([status, body.errors?.[0]?.field], [422, field], path)
      }
      // In a path or a query no text has a NUL, so this never reaches a parameter.
      for (const path of ["audit-logs?hostname=a%00b", "config-audit?changed_by=%00"]) {
        assert.strictEqual((yield* call("GET", `/api/v1/${path}`)).status, 400, path)
      }
    }))

  it.effect("does not take the name of another path for an id", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<readonly [Method, string, string]> = [
        ["PUT", "/api/v1/rules/test", "POST, OPTIONS"],
        ["GET", "/api/v2/rules/test", "POST, OPTIONS"],
        ["DELETE", "/api/v1/rules/test?x=1", "POST, OPTIONS"],
        ["GET", "/api/v1/config/rollback", "POST, OPTIONS"],
        ["PUT", "/api/v2/config/history", "HEAD, GET, OPTIONS"],
        ["DELETE", "/api/v1/config/stream", "HEAD, GET, OPTIONS"]
      ]
      for (const [method, path, allow] of cases) {
        const { body, headers, status } = yield* call(method, path)
        assert.deepStrictEqual([status, body._tag, headers["allow"]], [405, "MethodRefused", allow], path)
      }
      const options = yield* call("OPTIONS", "/api/v1/config/history")
      assert.deepStrictEqual([options.status, options.headers["allow"]], [204, "HEAD, GET, OPTIONS"])
    }))

  it.effect("stands in the document as it is refused", () =>
    Effect.gen(function*() {
      const { body: { paths } } = yield* call("GET", "/openapi.json", { key: "" })
      const parameters = (path: string, method: string) =>
        Object.fromEntries(
          paths[path][method].parameters.map(({ name, schema }: { name: string; schema: object }) => [name, schema])
        )
      assert.deepStrictEqual(parameters("/api/v1/rules/{id}", "put").id, {
        type: "integer",
        minimum: 1,
        maximum: 2_147_483_647
      })
      assert.deepInclude(parameters("/api/v2/audit-logs", "get").hostname, { minLength: 1, maxLength: 255 })
      assert.deepInclude(parameters("/api/v1/config/history", "get").limit, { minimum: 1, maximum: 200 })
      const replay = paths["/api/v1/dead-letters/{queue}/replay"].post.requestBody.content["application/json"].schema
      assert.strictEqual(replay.additionalProperties, false)
      assert.deepStrictEqual(replay.properties.ids.items.pattern, "^[0-9]{1,15}-[0-9]{1,15}$")
    }))
})
