import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Runtime } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { rules } from "../../../services/cli/rules.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildPolicy } from "../../../src/matching/Policy.ts"
import { contains } from "../../src/matching/rules.ts"
import { pgClient } from "../../support/pgClient.ts"
import { event } from "../alerter/events.ts"
import { SettingsWorld, SettingsWorldLayer } from "../web-ui/settingsHarness.ts"
import { runMutt } from "./runMutt.ts"

const mutt = runMutt(rules, "operator-key-of-tests")

const inFile = Effect.fnUntraced(function*(text: string) {
  const path = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  writeFileSync(join(path, "rules.yaml"), text)
  return join(path, "rules.yaml")
})

const handled = (handling: string) => `prod_handling: ${handling}, dev_handling: Ignore, team_assignment: NetOps`
const file = (handling: string) =>
  `rules:\n  - { name: down, match_string: down, ${handled(handling)} }\n` +
  `  - { name: fan, match_string: fan, ${handled("Ticket_only")} }\n`

/** Records 40 events, one a minute, as the program's user would. */
const recorded = Effect.gen(function*() {
  const { postgres } = yield* SettingsWorld
  const client = pgClient(postgres)
  const { decide } = inOneGo(buildPolicy({
    version: 1,
    rules: [contains(1, "down"), contains(2, "fan", { prodHandling: "Ticket_only" })],
    developmentHosts: [],
    deviceTeams: []
  }))
  const records = Array.from({ length: 40 }, (_, n) => {
    const receivedAt = new Date(Date.parse("2026-08-22T10:00:00Z") + n * 60_000).toISOString()
    const message = ["link down", "fan fail", "hello\u0007", "hello"][n % 4]!
    const one = event(n, { receivedAt, timestamp: receivedAt, hostname: `sw${n % 2}`, message })
    return { event: one, raw: JSON.stringify(one), decision: decide(one) }
  })
  yield* EventAudit.use((audit) => audit.record(records)).pipe(
    Effect.provide(EventAuditPostgres.pipe(Layer.provide(client)))
  )
})
const span = ["--since", "2h", "--until", "2026-08-22T12:00:00Z"]

layer(SettingsWorldLayer(), { excludeTestServices: true })("mutt rules backtest", (it) => {
  it.effect("says what a file would change, for people and as JSON, and ends with 1 when asked to", () =>
    Effect.gen(function*() {
      yield* recorded
      const same = yield* inFile(file("Page_and_ticket"))
      yield* mutt(["apply", same])
      assert.include(
        yield* mutt(["backtest", same, ...span, "--fail-on-change"]),
        "No event would be decided otherwise."
      )
      assert.include(
        yield* mutt(["backtest", same, ...span, "--against", "recorded"]),
        "No event would be decided otherwise."
      )
      const changed = yield* inFile(file("Log_only"))
      const text = yield* mutt(["backtest", changed, ...span])
      assert.include(text, "40 of 40 events read")
      assert.include(text, "10 events would be decided otherwise.")
      assert.match(text, /^forwarded +10 +10 +\.$/m)
      assert.include(text, "Alerts 20 -> 10, of which pages 10 -> 0.")
      assert.match(text, /^down +10 -> 0 +10 -> 0$/m)
      assert.include(text, "forwarded by down (Page_and_ticket, NetOps) -> suppressed by down (Log_only, NetOps)")
      assert.include(text, "20 events would match no rule.")
      const json = JSON.parse(yield* mutt(["backtest", changed, ...span, "--json", "--host", "sw1", "--sample", "1"]))
      assert.deepStrictEqual([json.read, json.differing, json.against], [20, 0, "current"])
      const failed = yield* Effect.exit(mutt(["backtest", changed, ...span, "--fail-on-change", "--limit", "30"]))
      let code = -1
      Runtime.defaultTeardown(failed, (given) => void (code = given))
      assert.strictEqual(code, 1)
    }))

  it.effect("refuses a file or a time that cannot be read, and a key that may not", () =>
    Effect.gen(function*() {
      const good = yield* inFile(file("Page_only"))
      const bad = yield* Effect.exit(mutt(["backtest", yield* inFile("rules: [")]))
      let code = -1
      Runtime.defaultTeardown(bad, (given) => void (code = given))
      assert.strictEqual(code, 2)
      const refusal = (args: ReadonlyArray<string>, key?: string) =>
        Effect.map(Effect.flip(mutt(["backtest", good, ...args], key)), (error) => String(error.message))
      assert.include(yield* refusal(["--since", "yesterday"]), "--since is neither")
      assert.include(yield* refusal(["--since", "40d"]), "Is more than 31 days")
      assert.include(yield* refusal([], "viewer-key-of-tests"), "operator")
    }))
})
