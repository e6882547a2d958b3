import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { call, running, Stores } from "./harness.ts"

layer(running(Stores), { excludeTestServices: true })("hosts and teams", (it) => {
  it.effect("a development host is added once, listed and removed", () =>
    Effect.gen(function*() {
      const body = { hostname: "DEV-Router1" }
      const added = yield* call("POST", "/api/v1/dev-hosts", { body })
      assert.deepStrictEqual([added.status, added.body], [201, { message: "Dev host added successfully" }])
      const again = yield* call("POST", "/api/v2/dev-hosts", { body: { hostname: "dev-router1" } })
      assert.deepStrictEqual([again.status, again.body._tag], [409, "HostExists"])
      assert.deepStrictEqual((yield* call("GET", "/api/v1/dev-hosts")).body, { hosts: [{ hostname: "dev-router1" }] })
      assert.strictEqual((yield* call("DELETE", "/api/v1/dev-hosts/Dev-Router1")).status, 200)
      const gone = yield* call("DELETE", "/api/v1/dev-hosts/dev-router1")
      assert.deepStrictEqual([gone.status, gone.body._tag], [404, "HostNotFound"])
    }))

  it.effect("patterns are names too, encoded in a path", () =>
    Effect.gen(function*() {
      for (const hostname of ["lab-*", "sw?.example.com", "fe80::1"]) {
        assert.strictEqual((yield* call("POST", "/api/v1/dev-hosts", { body: { hostname } })).status, 201)
        const removed = yield* call("DELETE", `/api/v1/dev-hosts/${encodeURIComponent(hostname)}`)
        assert.strictEqual(removed.status, 200, hostname)
      }
    }))

  it.effect("a list is given whole, or in parts of as many as are asked for", () =>
    Effect.gen(function*() {
      const names = Array.from({ length: 7 }, (_, index) => `part-${index}`)
      for (const hostname of names) {
        yield* call("POST", "/api/v1/dev-hosts", { body: { hostname } })
        yield* call("POST", "/api/v1/teams", { body: { hostname, team_assignment: "Lab" } })
      }
      for (const [path, list] of [["dev-hosts", "hosts"], ["teams", "teams"]] as const) {
        const whole = (yield* call("GET", `/api/v1/${path}`)).body
        const first = (yield* call("GET", `/api/v1/${path}?limit=4`)).body
        const last = (yield* call("GET", `/api/v1/${path}?limit=4&cursor=${first.pagination.next_cursor}`)).body
        assert.deepStrictEqual([whole.pagination, first[list].length, last.pagination], [undefined, 4, undefined])
        assert.deepStrictEqual([...first[list], ...last[list]], whole[list])
        assert.deepStrictEqual(whole[list].map(({ hostname }: { hostname: string }) => hostname), names)
        for (const { hostname } of whole[list]) yield* call("DELETE", `/api/v1/${path}/${hostname}`)
      }
      assert.strictEqual((yield* call("GET", "/api/v1/teams?limit=0")).status, 422)
    }))

  it.effect("a host name that cannot be one is refused, by its field", () =>
    Effect.gen(function*() {
      for (const hostname of ["", "two words", "a".repeat(256), "<script>", 7, null, undefined]) {
        const { body, status } = yield* call("POST", "/api/v1/dev-hosts", { body: { hostname } })
        assert.deepStrictEqual([status, body.errors[0].field], [422, "hostname"], String(hostname))
      }
    }))

  it.effect("a host has one team, which may change and go", () =>
    Effect.gen(function*() {
      const body = { hostname: "Core-1", team_assignment: "NetOps" }
      assert.strictEqual((yield* call("POST", "/api/v1/teams", { body })).status, 201)
      assert.strictEqual((yield* call("POST", "/api/v1/teams", { body })).body._tag, "HostExists")
      assert.strictEqual((yield* call("PUT", "/api/v2/teams/core-1", { body: { team_assignment: "Sec" } })).status, 200)
      const { body: { teams } } = yield* call("GET", "/api/v1/teams")
      assert.deepStrictEqual(teams, [{ hostname: "core-1", team_assignment: "Sec" }])
      const wrong = yield* call("PUT", "/api/v1/teams/core-1", { body: { team_assignment: "" } })
      assert.deepStrictEqual([wrong.status, wrong.body.errors[0].field], [422, "team_assignment"])
      assert.strictEqual((yield* call("DELETE", "/api/v1/teams/core-1")).status, 200)
      assert.strictEqual((yield* call("PUT", "/api/v1/teams/core-1", { body: { team_assignment: "X" } })).status, 404)
    }))
})
