import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { call, running, Stores } from "./world.ts"

const rule = {
  match_string: "LINK-DOWN",
  prod_handling: "Page_and_ticket",
  dev_handling: "Ignore",
  team_assignment: "NetOps"
}

layer(running(Stores), { excludeTestServices: true })("the rules API", (it) => {
  it.effect("creates a rule with the original's defaults and shows it", () =>
    Effect.gen(function*() {
      const made = yield* call("POST", "/api/v1/rules", { body: rule })
      assert.strictEqual(made.status, 201)
      assert.strictEqual(made.body.message, "Rule created successfully")
      const found = yield* call("GET", `/api/v1/rules/${made.body.id}`, { key: "viewer-key" })
      assert.strictEqual(found.status, 200)
      assert.deepInclude(found.body, {
        id: made.body.id,
        match_type: "contains",
        match_string: "LINK-DOWN",
        trap_oid: null,
        syslog_severity: null,
        priority: 100,
        is_active: true
      })
    }))
})
