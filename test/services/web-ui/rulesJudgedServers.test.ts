import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SettingsWorld, SettingsWorldLayer } from "./settingsHarness.ts"

const rule = (name: string, match_string: string) => ({
  name,
  match_string,
  prod_handling: "Page_and_ticket",
  dev_handling: "Ignore",
  team_assignment: "NetOps"
})

layer(SettingsWorldLayer(), { excludeTestServices: true })("edits over two web-uis at once", (it) => {
  it.effect("are judged one after the other: of those that exclude each other one is made, all others are", () =>
    Effect.gen(function*() {
      const { webUis } = yield* SettingsWorld
      const post = (number: number, text: string) =>
        webUis[number % 2 === 0 ? 0 : 1].call("POST", "/api/v1/rules", {
          body: rule(`r${number}`, text),
          ...(number % 3 === 0 ? { headers: { "idempotency-key": `judged-${number}` } } : {})
        })
      const numbers = Array.from({ length: 12 }, (_, number) => number)
      const same = yield* Effect.all(numbers.map((number) => post(number, "the same text")), { concurrency: 12 })
      const tags = same.map(({ body, status }) => status === 201 ? "made" : String(body._tag))
      assert.lengthOf(tags.filter((tag) => tag === "made"), 1)
      assert.lengthOf(tags.filter((tag) => tag === "LintFailed"), 11)
      const other = yield* Effect.all(
        numbers.map((number) => post(100 + number, `text of ${String(number).padStart(3, "0")} alone`)),
        { concurrency: 12 }
      )
      assert.deepStrictEqual(other.map(({ status }) => status), numbers.map(() => 201))
      const { body } = yield* webUis[0].call("GET", "/api/v1/rules")
      assert.lengthOf(body.rules, 13)
    }))

  it.effect("lose no row of imports of hosts that come at once, with the record as it is kept", () =>
    Effect.gen(function*() {
      const { webUis } = yield* SettingsWorld
      const numbers = Array.from({ length: 8 }, (_, number) => number)
      const imported = yield* Effect.all(
        numbers.map((number) =>
          webUis[number % 2 === 0 ? 0 : 1].call("POST", "/api/v1/hosts/import", {
            body: { rows: [{ hostname: `sw-${number}`, environment: "dev", team: "Core" }] }
          })
        ),
        { concurrency: 8 }
      )
      assert.deepStrictEqual(imported.map(({ status }) => status), numbers.map(() => 200))
      assert.strictEqual(new Set(imported.map(({ body }) => body.version)).size, numbers.length)
      const { body: { teams } } = yield* webUis[0].call("GET", "/api/v1/teams")
      assert.lengthOf(teams, numbers.length)
      const { body: one } = yield* webUis[1].call("GET", "/api/v1/hosts/sw-7")
      assert.deepInclude(one, {
        last_at: null,
        environment: "dev",
        environment_by: "sw-7",
        team_by: "sw-7",
        exact: true
      })
      assert.deepInclude((yield* webUis[1].call("GET", "/api/v1/hosts")).body, { hosts: [], complete: true })
    }))
})
