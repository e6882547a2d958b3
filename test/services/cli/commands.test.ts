import { assert, layer } from "@effect/vitest"
import { Context, Effect, Fiber, Layer } from "effect"
import { Command } from "effect/cli"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { EventQueue } from "../../../layers/queue/EventQueue.ts"
import { queueRedis } from "../../../layers/queue/QueueLayer.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { audit } from "../../../services/cli/audit.ts"
import { config } from "../../../services/cli/config.ts"
import { deadLetters } from "../../../services/cli/deadLetters.ts"
import { hostZones } from "../../../services/cli/hostZones.ts"
import { rules } from "../../../services/cli/rules.ts"
import { defaults, settingKeys } from "../../../src/domain/Settings.ts"
import { refused, wide } from "../../layers/queue/queueDriver.ts"
import { SettingsWorld, SettingsWorldLayer } from "../web-ui/settingsHarness.ts"
import { runMutt } from "./runMutt.ts"

const root = Command.make("mutt").pipe(Command.withSubcommands([config, rules, hostZones, deadLetters, audit]))

const mutt = runMutt(root, "admin-key-of-tests")

/** The same with `--json`. */
const json = (args: ReadonlyArray<string>, key?: string) =>
  Effect.map(mutt([...args, "--json"], key), (text) => JSON.parse(text))

const refusal = (args: ReadonlyArray<string>, key?: string) =>
  Effect.map(Effect.flip(mutt(args, key)), (error) => String(error.message))

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

layer(SettingsWorldLayer(), { excludeTestServices: true })("mutt", (it) => {
  it.effect("config list: every setting, for people and as JSON", () =>
    Effect.gen(function*() {
      const text = yield* mutt(["config", "list"], "viewer-key-of-tests")
      for (const key of settingKeys) assert.include(text, key)
      assert.include(text, "version 0, from the ledger")
      const { config: values, items, version } = yield* json(["config", "list"], "viewer-key-of-tests")
      assert.deepStrictEqual([values, version], [{ ...defaults }, 0])
      assert.containsAllKeys(items[0], ["key", "value", "default", "is_set", "range", "programs"])
    }))

  it.effect("config set, get and unset: one setting, with the reason kept and every process named", () =>
    Effect.gen(function*() {
      const set = yield* json(["config", "set", "moog_rate_limit", "70", "--reason", "night shift"])
      assert.deepInclude(set, { key: "moog_rate_limit", old_value: 50, new_value: 70, version: 1, propagated: true })
      assert.lengthOf(set.instances, 2)
      assert.strictEqual(yield* mutt(["config", "get", "moog_rate_limit"], "viewer-key-of-tests"), "70")
      assert.deepInclude(yield* json(["config", "get", "moog_rate_limit"]), { value: 70, changed_by: "admin" })
      assert.strictEqual(
        yield* mutt(["config", "set", "log_level", "warn"]),
        "log_level: info -> warn. Version 2 runs in 2 of 2 processes."
      )
      assert.include(yield* mutt(["config", "unset", "log_level"]), "log_level is info again.")
      const { history } = yield* json(["config", "history", "moog_rate_limit"])
      assert.deepInclude(history[0], { new_value: 70, reason: "night shift", changed_by: "admin", version: 1 })
      assert.match(yield* mutt(["config", "history", "--limit", "1"]), /log_level/)
    }))

  it.effect("config set: refuses as the API does, in words", () =>
    Effect.gen(function*() {
      assert.include(yield* refusal(["config", "set", "moog_rate_limit", "0"]), "1 to 100000")
      assert.include(yield* refusal(["config", "set", "moog_rate_limt", "1"]), "Did you mean moog_rate_limit?")
      assert.include(
        yield* refusal(["config", "set", "moog_rate_limit", "1"], "viewer-key-of-tests"),
        "needs the role admin"
      )
      assert.include(yield* refusal(["config", "get", "moog_rate_limit"], "wrong"), "The key is not accepted")
      assert.include(
        yield* refusal(["config", "set", "moog_rate_limit", "5", "--if-version", "0"]),
        "It is at version 1 now"
      )
      const away = yield* refusal(["config", "list", "--url", "http://127.0.0.1:1"])
      assert.include(away, "http://127.0.0.1:1 does not answer")
    }))

  it.effect("config instances: who runs which version", () =>
    Effect.gen(function*() {
      const { instances } = yield* json(["config", "instances"], "viewer-key-of-tests")
      assert.deepStrictEqual(instances.map(({ instance }: { instance: string }) => instance), ["web-ui-1", "web-ui-2"])
      assert.match(yield* mutt(["config", "instances"]), /web-ui\s+web-ui-1\s+3\s+since /)
    }))

  it.effect("config export and apply: settings as a file, compared, applied, and back", () =>
    Effect.gen(function*() {
      const file = join(yield* folder, "settings.json")
      const exported = yield* mutt(["config", "export"])
      assert.deepStrictEqual(JSON.parse(exported), { config: { moog_rate_limit: 70 } })
      writeFileSync(file, exported)
      assert.strictEqual(yield* mutt(["config", "apply", file]), "Nothing to change.")
      writeFileSync(file, JSON.stringify({ config: { unhandled_threshold: 7 } }))
      const dry = yield* json(["config", "apply", file, "--dry-run"])
      const changes = [
        { key: "moog_rate_limit", old_value: 70, new_value: 50 },
        { key: "unhandled_threshold", old_value: 100, new_value: 7 }
      ]
      assert.strictEqual(dry.dry_run, true)
      assert.sameDeepMembers(dry.changes, changes)
      assert.strictEqual(yield* mutt(["config", "get", "moog_rate_limit"]), "70")
      const done = yield* json(["config", "apply", file, "-r", "from git"])
      assert.sameDeepMembers(done.changes, changes)
      assert.deepStrictEqual(JSON.parse(yield* mutt(["config", "export"])), { config: { unhandled_threshold: 7 } })
      writeFileSync(file, "{")
      assert.include(yield* refusal(["config", "apply", file]), file)
      assert.include(yield* refusal(["config", "apply", `${file}.none`]), "settings.json.none")
    }))

  it.effect("config watch: the settings now, and again after each change, until it is stopped", () =>
    Effect.gen(function*() {
      for (const words of [["config", "watch"], ["config", "watch", "--json"]]) {
        const out: Array<string> = []
        const printed = (lines: number) =>
          Effect.repeat(Effect.sleep("5 millis"), { until: () => Effect.succeed(out.length >= lines) })
        const watching = yield* Effect.forkChild(mutt(words, "viewer-key-of-tests", out))
        yield* printed(1)
        const { version } = yield* json(["config", "set", "unhandled_expiry_seconds", "90"])
        yield* printed(2)
        yield* Fiber.interrupt(watching)
        assert.include(out[1], words.length === 3 ? `"version":${version}` : `version ${version}: `)
        assert.include(out[1], "\"unhandled_expiry_seconds\":90")
      }
      yield* mutt(["config", "unset", "unhandled_expiry_seconds"])
    }))

  it.effect("config rollback: the values of an old version, as a new one", () =>
    Effect.gen(function*() {
      const rolled = yield* json(["config", "rollback", "1", "--reason", "back"])
      assert.strictEqual(rolled.version, 8)
      assert.strictEqual(yield* mutt(["config", "get", "moog_rate_limit"]), "70")
      assert.include(yield* refusal(["config", "rollback", "99"]), "no version 99")
    }))

  it.effect("host-zones set, list and remove: the zone of a host, with the reason kept and every process named", () =>
    Effect.gen(function*() {
      const set = yield* mutt(
        ["host-zones", "set", "BER-*", "Europe/Berlin", "-r", "local time"],
        "operator-key-of-tests"
      )
      assert.match(set, /^BER-\*: Europe\/Berlin\. Version \d+ runs in 2 of 2 processes\.$/)
      const listed = yield* json(["host-zones", "list"], "viewer-key-of-tests")
      assert.deepStrictEqual(listed.host_zones, [{ hostname: "ber-*", time_zone: "Europe/Berlin" }])
      assert.match(yield* mutt(["host-zones", "list"]), /^host +zone\nber-\* +Europe\/Berlin\n\nversion \d+$/)
      assert.include(yield* refusal(["host-zones", "set", "ber-*", "Berlin"]), "IANA")
      assert.include(yield* refusal(["host-zones", "remove", "ber-*", "--if-version", "0"]), "It is at version")
      assert.deepInclude(yield* json(["host-zones", "remove", "ber-*"]), { propagated: true })
      assert.include(yield* refusal(["host-zones", "remove", "ber-*"]), "not found")
      assert.include(yield* mutt(["audit", "list"]), "DELETE host_zones ber-*")
    }))

  it.effect("rules export, import and test: rules as a file, compared, applied, and tried", () =>
    Effect.gen(function*() {
      const file = join(yield* folder, "rules.json")
      const rule = (match_string: string) => ({
        match_type: "contains",
        match_string,
        trap_oid: null,
        syslog_severity: null,
        priority: 10,
        prod_handling: "Page_and_ticket",
        dev_handling: "Ignore",
        team_assignment: "NetOps",
        is_active: true
      })
      writeFileSync(file, JSON.stringify({ rules: [rule("LINK-DOWN"), rule("FAN")] }))
      const dry = yield* json(["rules", "import", file, "--dry-run"], "operator-key-of-tests")
      assert.deepInclude(dry, { dry_run: true })
      assert.deepStrictEqual([dry.rules.created.length, dry.rules.deleted.length], [2, 0])
      assert.deepStrictEqual((yield* json(["rules", "list"])).rules, [])
      assert.include(yield* mutt(["rules", "import", file], "operator-key-of-tests"), "2 created, 0 changed, 0 deleted")
      assert.strictEqual(yield* mutt(["rules", "import", file]), "Nothing to change.")
      assert.deepStrictEqual(JSON.parse(yield* mutt(["rules", "export"])), {
        rules: [{ name: "rule-1", ...rule("LINK-DOWN") }, { name: "rule-2", ...rule("FAN") }],
        hosts: { development: [], teams: [] },
        tests: []
      })
      const tried = yield* json(["rules", "test", "port 3 LINK-DOWN", "--host", "core-1"])
      assert.containsAllKeys(tried, ["outcome", "reason"])
      assert.match(yield* mutt(["rules", "test", "nothing of note"]), /^\w+: /)
      const line = "<189>Nov 28 04:20:00 sw9 LINK-DOWN: port 3"
      assert.deepInclude((yield* json(["rules", "test", "--line", line])).saw, { hostname: "sw9", tag: "LINK-DOWN: " })
      assert.include(yield* mutt(["rules", "test", "port 3", "--tag", "LINK-DOWN"]), "and LINK-DOWN: port 3.")
      writeFileSync(file, JSON.stringify({ rules: [rule("FAN")] }))
      assert.include(yield* mutt(["rules", "import", file]), "0 created, 0 changed, 1 deleted")
      writeFileSync(file, JSON.stringify({ rules: [rule("FAN"), { ...rule("DOWN"), prority: 5 }] }))
      assert.include(
        yield* refusal(["rules", "import", file]),
        "There is no field `prority`; did you mean `priority`?"
      )
      writeFileSync(file, JSON.stringify({ rule: [] }))
      assert.include(yield* refusal(["rules", "import", file]), "There is no field `rule`; did you mean `rules`?")
      assert.include(yield* refusal(["config", "apply", file]), "There is no field `rule`; did you mean `config`?")
      assert.lengthOf((yield* json(["rules", "list"])).rules, 1)
    }))

  it.effect("audit list, export and verify: live, and offline where a changed line is found", () =>
    Effect.gen(function*() {
      const { logs } = yield* json(["audit", "list", "--limit", "100"], "admin-key-of-tests")
      assert.isAbove(logs.length, 5)
      const listed = yield* mutt(["audit", "list", "--by", "operator"])
      assert.match(listed, /operator.* mutt_app@127\.0\.0\.1 /)
      const whole = yield* json(["audit", "verify"])
      assert.deepInclude(whole, { whole: true, fault: null })
      const exported = yield* mutt(["audit", "export"])
      assert.lengthOf(exported.split("\n"), whole.checked)
      const file = join(yield* folder, "chain.jsonl")
      writeFileSync(file, exported)
      assert.match(yield* mutt(["audit", "verify", "--file", file]), new RegExp(`whole: ${whole.checked} links`))
      const marks = join(yield* folder, "checkpoints.jsonl")
      const [first = "", at] = [exported.split("\n")[0], "2026-01-01T00:00:00.000Z"]
      const mark = (entryHash: string) => `${JSON.stringify({ seq: 1, entryHash, at })}\n`
      writeFileSync(marks, mark(JSON.parse(first).entryHash))
      const offline = ["audit", "verify", "--file", file, "--checkpoints", marks]
      assert.include(yield* mutt(offline), "links, checkpoints: 1.")
      writeFileSync(marks, mark("f".repeat(64)))
      assert.include(yield* refusal(offline), "not as it was written")
      writeFileSync(file, exported.replace("night shift", "day shift"))
      assert.include(yield* refusal(["audit", "verify", "--file", file]), "not as it was written")
    }))

  it.effect("dead-letters: what was quarantined and can be read by now becomes events; the rest stays, with why", () =>
    Effect.gen(function*() {
      const { admin } = yield* SettingsWorld
      const queue = yield* Layer.build(queueRedis("mutt:{ingest}").pipe(Layer.provide(Layer.succeed(Redis, admin))))
      const events = Context.get(queue, EventQueue)
      const kept = (raw: string, index: number) =>
        JSON.stringify({
          id: `0198cf6a-1e5b-7a00-8000-${String(index).padStart(12, "0")}`,
          correlationId: "c",
          sender: "shipper",
          receivedAt: "2026-11-28T04:00:00.000Z",
          reason: index === 0 ? "missing_message" : "decoder_failed",
          detail: "",
          raw
        })
      const records = ["{\"hostname\":\"sw1\"}", ...Array.from({ length: 250 }, () => "<13>Nov 28 04:00:00 sw1 a: b")]
      yield* events.append([{ sender: "shipper", events: [], quarantined: refused(records.map(kept)) }], wide)
      assert.include(yield* mutt(["dead-letters", "counts"], "viewer-key-of-tests"), "quarantine  251")
      const { dead_letters: [newest] } = yield* json(["dead-letters", "list", "quarantine", "--limit", "1"])
      assert.strictEqual(yield* mutt(["dead-letters", "replay", "quarantine", newest.id]), "1 replayed.")
      const again = ["dead-letters", "replay", "quarantine", "--all", "--reason", "mended"]
      assert.strictEqual(yield* mutt([...again, "--cause", "decoder_failed"], "operator-key-of-tests"), "249 replayed.")
      const rest = "0 replayed.\n1 still can't be read and stay: missing_message 1."
      assert.strictEqual(yield* mutt(again, "operator-key-of-tests"), rest)
      assert.lengthOf(yield* events.read("alerter", 1_000, 0), 250)
      const { dead_letters: [{ id }] } = yield* json(["dead-letters", "list", "quarantine"])
      assert.strictEqual(yield* mutt(["dead-letters", "discard", "quarantine", id]), "1 discarded.")
      assert.include(yield* refusal(["dead-letters", "replay", "quarantine"]), "Give ids, or --all.")
      assert.include(
        yield* refusal(["dead-letters", "replay", "events", "1-1", "--cause", "x"]),
        "--cause goes with --all"
      )
      assert.include(
        yield* refusal(["dead-letters", "replay", "quarantine", "1-1"], "viewer-key-of-tests"),
        "needs the role operator"
      )
    }))

  it.effect("ends with 0 when it did what it was told, and with 1 and a line on stderr when not", () =>
    Effect.gen(function*() {
      const { webUis: [{ url }] } = yield* SettingsWorld
      const run = (args: ReadonlyArray<string>) =>
        Effect.callback<readonly [number, string, string]>((resume) => {
          execFile(
            process.execPath,
            ["scripts/mutt.ts", ...args],
            { env: { PATH: process.env["PATH"] ?? "", MUTT_URL: url, MUTT_API_KEY: "viewer-key-of-tests" } },
            (error, stdout, stderr) =>
              resume(Effect.succeed([typeof error?.code === "number" ? error.code : 0, stdout, stderr]))
          )
        })
      assert.deepStrictEqual(yield* run(["config", "get", "moog_rate_limit"]), [0, "70\n", ""])
      const [code, stdout, stderr] = yield* run(["config", "set", "moog_rate_limit", "1"])
      assert.deepStrictEqual([code, stdout], [1, ""])
      assert.match(stderr, /^mutt: .*needs the role admin/)
    }))
})
