import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Schedule } from "effect"
import { Command } from "effect/cli"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { events } from "../../../services/cli/events.ts"
import { uuid } from "../../layers/audit/eventAuditSuite.ts"
import { whole } from "../../layers/audit/eventListSuite.ts"
import { pgClient } from "../../support/pgClient.ts"
import { SettingsWorld, SettingsWorldLayer } from "../web-ui/settingsHarness.ts"
import { runMutt } from "./runMutt.ts"

const mutt = runMutt(Command.make("mutt").pipe(Command.withSubcommands([events])), "viewer-key-of-tests")

const Writer = Layer.unwrap(
  Effect.map(SettingsWorld, ({ postgres }) => EventAuditPostgres.pipe(Layer.provide(pgClient(postgres))))
)

layer(Layer.provideMerge(Writer, SettingsWorldLayer()), { excludeTestServices: true })("mutt events", (it) => {
  it.effect("list: what is found, safe to look at, and as lines of JSON", () =>
    Effect.gen(function*() {
      const receivedAt = new Date().toISOString()
      yield* (yield* EventAudit).record([
        whole(1, { hostname: "sw1", severity: 3, message: "line\n\u001b[31mred", receivedAt }),
        whole(2, { hostname: "sw2", receivedAt })
      ])
      const text = yield* mutt(["events", "list", "--host", "sw1"])
      assert.match(
        text,
        /^received +sev +host +outcome +rule +team +message\n\S+Z +3 +sw1 +unmatched +NETO +line\\n\\u001b\[31mred$/
      )
      const lines = (yield* mutt(["events", "list", "--severity", "3,4", "--json"])).split("\n")
      assert.deepStrictEqual(lines.map((line) => JSON.parse(line).id), [uuid(1)])
      assert.strictEqual((yield* mutt(["events", "list", "--limit", "5", "--json"])).split("\n").length, 2)
    }))

  it.effect("tail: what comes, until it is stopped", () =>
    Effect.gen(function*() {
      const out: Array<string> = []
      const tail = yield* Effect.forkScoped(mutt(["events", "tail", "--host", "live*", "--json"], undefined, out))
      const { record } = yield* EventAudit
      let number = 10
      // It tells what comes once it is open.
      yield* Effect.suspend(() =>
        record([whole(number++, { hostname: "live" }), whole(number++, { hostname: "dead" })])
      ).pipe(
        Effect.repeat({ schedule: Schedule.spaced("50 millis"), while: () => out.length < 2 })
      )
      yield* Fiber.interrupt(tail)
      assert.deepStrictEqual([...new Set(out.map((line) => JSON.parse(line).hostname))], ["live"])
    }))
})
