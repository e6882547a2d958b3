import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rulesTopic } from "../../../layers/rules/rulesTopic.ts"
import { rules } from "../../../services/cli/rules.ts"
import { until } from "../../support/eventually.ts"
import { SettingsWorld, SettingsWorldLayer } from "../web-ui/settingsHarness.ts"
import { runMutt } from "./runMutt.ts"

const mutt = runMutt(rules, "operator-key-of-tests")
const refusal = (args: ReadonlyArray<string>, key?: string) =>
  Effect.map(Effect.flip(mutt(args, key)), (error) => String(error.message))

const inFile = Effect.fnUntraced(function*(name: string, text: string) {
  const path = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  writeFileSync(join(path, name), text)
  return join(path, name)
})

const file = `# Rules of the lab
rules:
  - name: link-down
    match_string: LINK-DOWN
    prod_handling: Page_and_ticket
    dev_handling: Ignore
    team_assignment: NetOps
  - name: "odd"
    match_string: "bell \\u0007 \\u202e no"
    prod_handling: Ignore
    dev_handling: Ignore
    team_assignment: "on"
hosts:
  development: [dev-*]
  teams: [{ hostname: fw1, team_assignment: SecOps }]
tests:
  - name: a link that goes down
    events: [{ at: 0s, host: sw1, message: LINK-DOWN }]
    expect: [{ event: 0, rule: link-down }]
`

layer(SettingsWorldLayer(), { excludeTestServices: true })("mutt rules as data", (it) => {
  it.effect("apply, export, versions, show-version and restore: a file as YAML and JSON, and back", () =>
    Effect.gen(function*() {
      const first = yield* inFile("rules.yaml", file)
      assert.include(yield* mutt(["apply", first, "--dry-run"]), "Nothing was changed (--dry-run).")
      const applied = yield* mutt(["apply", first, "-r", "the lab"])
      const [, version = ""] = /^Version (\d+): 2 created, 0 changed, 0 deleted, 0 unchanged\.$/m.exec(applied) ?? []
      assert.include(applied, "+ link-down: ")
      assert.include(applied, "+ test a link that goes down")
      for (const format of ["yaml", "json"]) {
        const text = yield* mutt(["export", "--format", format], "viewer-key-of-tests")
        // oxlint-disable-next-line no-control-regex -- what a terminal would obey
        assert.notMatch(text, /[\u0007\u202e]/)
        const kept = yield* inFile(`kept.${format}`, text)
        assert.strictEqual(yield* mutt(["apply", kept, "--if-version", version]), "Nothing to change.")
        assert.strictEqual(yield* mutt(["import", kept]), "Nothing to change.")
        assert.strictEqual(yield* mutt(["show-version", version, "--format", format]), text)
      }
      const second = yield* inFile(
        "rules.yml",
        file.replace("Page_and_ticket", "Page_only").replace("name: \"odd\"", "name: even")
      )
      const changed = yield* mutt(["apply", second])
      assert.include(changed, "~ link-down: prod_handling Page_and_ticket -> Page_only")
      assert.include(changed, "- odd: ")
      assert.match(
        yield* mutt(["versions"]),
        /^version +when +who +changes +reason\n\d+ +\S+ +operator +3\n\d+ .* 5 +the lab$/m
      )
      assert.include(yield* refusal(["apply", first, "--if-version", version]), "It is at version")
      assert.include(yield* mutt(["restore", version, "-r", "back"]), "+ odd: ")
      assert.strictEqual(yield* mutt(["apply", first]), "Nothing to change.")
    }))

  it.effect("a file that cannot be used changes nothing, and says where it is wrong", () =>
    Effect.gen(function*() {
      const before = yield* mutt(["export"])
      for (
        const [from, to, words] of [
          ["match_string: LINK-DOWN", "match_sting: LINK-DOWN", "did you mean `match_string`?"],
          ["LINK-DOWN\n", "LINK-DOWN\n    match_type: oid_prefix\n", "rules.0.trap_oid"],
          ["name: \"odd\"", "name: link-down", "rules.1.name"],
          ["rules:", "rules: [", "rules.yaml:3:3: "]
        ] as const
      ) {
        const path = yield* inFile("rules.yaml", file.replace(from, to))
        assert.include(yield* refusal(["apply", path]), words)
      }
      const good = yield* inFile("rules.yaml", file.replace("LINK-DOWN", "LINK-UP"))
      assert.include(yield* refusal(["apply", good], "viewer-key-of-tests"), "operator")
      assert.include(yield* refusal(["apply", good, "--force", "-r", "must be"]), "role admin")
      assert.strictEqual(yield* mutt(["export"]), before)
    }))

  it.effect("stats, instances, lint --sample and undelete: what rules do, and who decides by them", () =>
    Effect.gen(function*() {
      const path = yield* inFile("rules.yaml", file)
      yield* mutt(["apply", path])
      const stats = yield* mutt(["stats"], "viewer-key-of-tests")
      assert.match(stats, /^rule +forwarded +suppressed +last hit *\nlink-down +0 +0 +never\nodd +0 +0 +never$/m)
      assert.include(stats, "2 rules. No hit was counted yet.")
      const unused = JSON.parse(yield* mutt(["stats", "--since", "30d", "--unused", "--json"], "viewer-key-of-tests"))
      assert.lengthOf(unused.rules, 2)
      assert.include(yield* refusal(["stats", "--since", "soon"]), "--since is a length of time such as 24h")
      const linted = yield* mutt(["lint", path, "--sample"], "viewer-key-of-tests")
      assert.strictEqual(linted, "2 rules: 0 errors, 0 warnings, over 0 recorded events.")
      assert.match(yield* mutt(["instances"]), /^alerter +version .*\nThe newest version is \d+; not every alerter/m)
      const { rules: [{ rule_id }] } = unused
      yield* mutt(["apply", yield* inFile("rules.yaml", "rules: []\ntests: []\n")])
      assert.strictEqual(yield* mutt(["undelete", String(rule_id)]), `Rule link-down (${rule_id}) is back.`)
      assert.include(yield* refusal(["undelete", String(rule_id)]), "There is no such rule.")
    }))

  it.effect("apply waits until every alerter decides by the new version", () =>
    Effect.gen(function*() {
      const { registry, webUis: [{ call }] } = yield* SettingsWorld
      const { report } = yield* registry("alerter", "alerter-1")
      const inForce = (version: number) =>
        report(rulesTopic, {
          version,
          ok: true,
          reason: null,
          ms: 40,
          rules: 1,
          unusable: 0,
          unusable_rules: [],
          time_zone_data: "2026c"
        })
      const newest = Effect.map(call("GET", "/api/v1/rules/instances"), ({ body }): number => body.version)
      const before = yield* newest
      yield* inForce(before)
      const next = yield* inFile("rules.yaml", file.replace("[dev-*]", "[dev-*, lab-*]"))
      const applying = yield* Effect.forkChild(mutt(["apply", next]))
      const version = yield* until(newest, (version) => version > before)
      yield* inForce(version)
      assert.include(yield* Fiber.join(applying), "In force: 1 alerter, the slowest took 40 ms.")
      const last = yield* inFile("rules.yaml", file)
      assert.notInclude(yield* mutt(["apply", last, "--no-wait"]), "alerter")
    }))
})
