import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { silence } from "../../../services/cli/silence.ts"
import { SettingsWorldLayer } from "../web-ui/settingsHarness.ts"
import { runMutt } from "./runMutt.ts"

const mutt = runMutt(silence, "operator-key-of-tests")
const refusal = (args: ReadonlyArray<string>, key?: string) =>
  Effect.map(Effect.flip(mutt(args, key)), (error) => String(error.message))

const inFile = Effect.fnUntraced(function*(text: string) {
  const path = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  writeFileSync(join(path, "silence.yaml"), text)
  return join(path, "silence.yaml")
})

layer(SettingsWorldLayer(), { excludeTestServices: true })("mutt silence", (it) => {
  it.effect("add, list, show, extend, end and export: from the flags to the record", () =>
    Effect.gen(function*() {
      const added = yield* mutt(["add", "--host", "sw1*", "--host", "core-1", "--for", "2h", "-m", "new line cards"])
      const [, id = ""] = /^Silence (\d+) is made\.$/m.exec(added) ?? []
      assert.match(added, /^From \S+ to \S+ it would have held back 0 events: 0 alerts, 0 pages\.$/m)
      assert.match(added, /^next +from \(UTC\)/m)
      const listed = yield* mutt(["list", "--state", "now", "--ending-within", "3h"], "viewer-key-of-tests")
      assert.match(listed, new RegExp(`^${id} +now +\\S+ +sw1\\*, core-1 +0 +operator +new line cards$`, "m"))
      assert.notInclude(yield* mutt(["list", "--host", "edge-1"]), "new line cards")
      const [before, after] = [
        JSON.parse(yield* mutt(["show", id, "--json"])),
        yield* mutt(["extend", id, "--for", "1h"])
      ]
      const until = new Date(Date.parse(before.ends_at) + 3_600_000).toISOString()
      assert.strictEqual(after, `Silence ${id} ends at ${until}.`)
      assert.include(yield* refusal(["end", id, "--if-revision", "1"]), "at version")
      assert.strictEqual(yield* mutt(["end", id, "-r", "done early", "--if-revision", "2"]), `Silence ${id} has ended.`)
      assert.include(yield* mutt(["show", id]), "done early")
      assert.include(yield* refusal(["extend", id, "--for", "1h"]), "ended")
      const lines = (yield* mutt(["export", "--state", "ended"])).split("\n").map((line) => JSON.parse(line).comment)
      assert.deepStrictEqual(lines, ["new line cards"])
    }))

  it.effect("reads schedules, and a file in place of the flags", () =>
    Effect.gen(function*() {
      const said = JSON.parse(
        yield* mutt([
          "add",
          "--rule=link",
          "--team=NetOps",
          "--environment=prod",
          "--severity-from=err",
          "--contains=down",
          "--weekly",
          "su,MO 22:00-02:00",
          "--monthly",
          "last 04:00-06:00",
          "--monthly",
          "2 SU 04:00-06:00",
          "--zone",
          "Europe/Berlin",
          "-m",
          "backups",
          "--json"
        ])
      ).silence
      assert.deepStrictEqual(said.match, {
        rules: ["link"],
        teams: ["NetOps"],
        environment: "prod",
        severity_from: 3,
        message: { contains: "down" }
      })
      assert.deepStrictEqual(said.schedule, {
        zone: "Europe/Berlin",
        weekly: [{ days: ["SU", "MO"], from: "22:00", to: "02:00" }],
        monthly: [{ day: -1, from: "04:00", to: "06:00" }, { nth: 2, weekday: "SU", from: "04:00", to: "06:00" }]
      })
      assert.match(yield* mutt(["list"]), new RegExp(`^${said.id} +\\w+ +never, this time 20`, "m"))
      const file = yield* inFile("match: { hosts: [fw1] }\nends_at: 2099-01-01T00:00:00Z\ncomment: too long\n")
      assert.include(yield* refusal(["add", "--file", file]), "silence_max_days")
      assert.include(yield* mutt(["preview", "--file", file]), "2099-01-01T00:00:00.000Z")
    }))

  it.effect("edit changes what a flag speaks of and keeps the rest, unless somebody changed it meanwhile", () =>
    Effect.gen(function*() {
      const made = yield* mutt(["add", "--host", "e1", "--team", "NOC", "--for", "2h", "-m", "work", "--json"])
      const { id, silence } = JSON.parse(made)
      const edit = (...args: ReadonlyArray<string>) => ["edit", String(id), ...args]
      assert.include(yield* refusal(edit()), "Nothing to change")
      assert.include(yield* mutt(edit("--host", "e2", "--dry-run")), "it would have held back 0 events")
      assert.include(yield* refusal(edit("--host", "e2"), "viewer-key-of-tests"), "operator")
      assert.match(
        yield* mutt(edit("--host", "e2")),
        new RegExp(`^Silence ${id} is changed, revision 2: e2, team NOC$`, "m")
      )
      assert.include(yield* refusal(edit("-m", "more work", "--if-revision", "1")), "at version")
      const { ends_at, match, revisions } = JSON.parse(yield* mutt(["show", String(id), "--json"]))
      assert.deepStrictEqual([match, ends_at], [{ hosts: ["e2"], teams: ["NOC"] }, silence.ends_at])
      assert.strictEqual(revisions.length, 2)
      const file = yield* inFile("match: { hosts: [e3] }\nends_at: 2099-01-01T00:00:00Z\ncomment: too long\n")
      assert.include(yield* refusal(edit("--file", file)), "silence_max_days")
    }))

  it.effect("preview, and add --dry-run, make nothing", () =>
    Effect.gen(function*() {
      const before = yield* mutt(["list"])
      for (const how of [["preview"], ["add", "--dry-run"]]) {
        const text = yield* mutt([...how, "--host", "db-1", "--until", "2h", "-m", "x"])
        assert.include(text, "it would have held back 0 events: 0 alerts, 0 pages.")
        assert.include(text, "Events that wait are not looked at.")
      }
      assert.strictEqual(yield* mutt(["list"]), before)
    }))

  it.effect("says what is missing or cannot be read", () =>
    Effect.gen(function*() {
      for (
        const [args, words] of [
          [["--host", "a1"], "Until when?"],
          [["--host", "a1", "--for", "2h"], "Why? Give -m"],
          [["--host", "a1", "--for", "soon", "-m", "x"], "--for is neither"],
          [["--host", "a1", "--for", "1h", "--until", "2h", "-m", "x"], "not both"],
          [["--host", "a1", "--weekly", "SUN 04:00", "-m", "x"], "--weekly is not like"],
          [["--host", "a1", "--monthly", "first", "-m", "x"], "--monthly is not like"],
          [["--host", "a1", "--for", "1h", "--severity-from", "loud", "-m", "x"], "--severity-from is no severity"],
          [["--for", "1h", "-m", "x"], "Must name hosts, rules or teams"]
        ] as const
      ) {
        assert.include(yield* refusal(["add", ...args]), words)
      }
      assert.include(
        yield* refusal(["add", "--host", "a1", "--for", "1h", "-m", "x"], "viewer-key-of-tests"),
        "operator"
      )
    }))
})
