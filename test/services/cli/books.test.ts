import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { books } from "../../../services/cli/books.ts"
import { SettingsWorld, SettingsWorldLayer } from "../web-ui/settingsHarness.ts"
import { recoverSuite } from "./recoverSuite.ts"
import { runMutt } from "./runMutt.ts"

const root = Command.make("mutt").pipe(Command.withSubcommands([books]))

const mutt = runMutt(root, "admin-key-of-tests")

/** The same with `--json`. */
const json = (args: ReadonlyArray<string>, key?: string) =>
  Effect.map(mutt([...args, "--json"], key), (text) => JSON.parse(text))

layer(SettingsWorldLayer(), { excludeTestServices: true })("mutt", (it) => {
  it.effect("books verify: says which hours differ, and fails then", () =>
    Effect.gen(function*() {
      const { admin } = yield* SettingsWorld
      const empty = yield* json(["books", "verify"], "viewer-key-of-tests")
      assert.deepInclude(empty, { whole: true, hours: 0, found: [] })
      assert.include(yield* mutt(["books", "verify"]), "There is no whole hour yet")
      const thisHour = Math.floor(Date.now() / 3_600_000)
      const settled = ["since", String(thisHour - 9), `${thisHour - 3} f`, "2", `${thisHour - 5} u`, "1"]
      yield* admin.command("HSET", "mutt:{ingest}:settled", ...settled)
      const hour = (ago: number) => new Date((thisHour - ago) * 3_600_000).toISOString()
      const all: Array<string> = []
      const failure = yield* Effect.flip(mutt(["books", "verify", "--json"], "viewer-key-of-tests", all))
      assert.include(String(failure.message), "the record of events is not what was settled")
      assert.deepInclude(JSON.parse(all.join("")), {
        whole: false,
        from: hour(7),
        difference: { forwarded: 2, suppressed: 0, unmatched: 1 },
        found: [
          { hour: hour(5), outcome: "unmatched", settled: 1, rows: 0 },
          { hour: hour(3), outcome: "forwarded", settled: 2, rows: 0 }
        ]
      })
      const some: Array<string> = []
      yield* Effect.flip(mutt(["books", "verify", "--from", hour(4)], "viewer-key-of-tests", some))
      assert.match(some.join(""), /forwarded +2 +0 +-2/)
      assert.notInclude(some.join(""), "unmatched")
      const between = ["books", "verify", "--from", hour(7), "--to", hour(5)]
      assert.include(yield* mutt(between), "2 hours compared")
      assert.include(
        String((yield* Effect.flip(mutt(["books", "verify", "--from", "yesterday"]))).message),
        "are times such as"
      )
    }))

  recoverSuite(it)
})
