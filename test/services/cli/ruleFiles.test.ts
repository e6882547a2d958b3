import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Console, Effect, Exit, Layer, Runtime } from "effect"
import { Command } from "effect/cli"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rules } from "../../../services/cli/rules.ts"

const root = Command.make("mutt").pipe(Command.withSubcommands([rules]))

/** Nothing answers there. */
const nowhere = { MUTT_URL: "http://127.0.0.1:1", MUTT_API_KEY: "k" }

/** Runs the command, and answers its exit code, what it printed, and its message. */
const mutt = (...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const out: Array<string> = []
    const capturing: Console.Console = { ...globalThis.console, log: (...words) => void out.push(words.join(" ")) }
    const exit = yield* Command.runWith(root, { version: "0" })(["rules", ...args]).pipe(
      Effect.tapError(({ message }) => Effect.sync(() => void out.push(message))),
      Effect.provideService(Console.Console, capturing),
      Effect.provide(Layer.merge(NodeServices.layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env: nowhere })))),
      Effect.exit
    )
    let code = -1
    Runtime.defaultTeardown(exit, (given) => void (code = given))
    return { code, exit: Exit.isSuccess(exit), text: out.join("\n") }
  })

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const handled = "prod_handling: Page_only, dev_handling: Ignore, team_assignment: NetOps"
const text = (more: string) => `
rules:
  - { name: link, match_string: link, ${handled} }
${more}
tests:
  - { name: one, events: [{ message: link down }], expect: [{ event: 0, rule: link }], sent: 1 }
`

const written = (name: string, content: string) =>
  Effect.map(folder, (path) => {
    const file = join(path, name)
    writeFileSync(file, content)
    return file
  })

describe("mutt rules test, of a file", () => {
  it.effect("ends with 0 when all tests pass, and asks no server", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* mutt("test", yield* written("r.yaml", text(""))), {
        code: 0,
        exit: true,
        text: "1 test, 1 passed."
      })
    }))

  it.effect("ends with 1 when one fails, and says which, in JSON and for build servers too", () =>
    Effect.gen(function*() {
      const file = yield* written("r.yaml", text("").replace("sent: 1", "sent: 2"))
      const report = `${file}.xml`
      const { code, text: said } = yield* mutt("test", file, "--junit", report)
      assert.strictEqual(code, 1)
      assert.strictEqual(
        said,
        "FAILED  one\n  sent is 1, expected 2. Alerts of 1 events.\n1 test, 0 passed.\n1 of 1 test failed."
      )
      assert.include(readFileSync(report, "utf8"), "<testcase classname=")
      const json = yield* mutt("test", file, "--json")
      assert.deepInclude(JSON.parse(json.text.split("\n")[0] ?? ""), { passed: 0, failed: 1 })
    }))

  it.effect("ends with 2 when the file cannot be used, with the place of each problem", () =>
    Effect.gen(function*() {
      const file = yield* written("r", text("").replace("match_string", "match_strng"))
      const { code, text: said } = yield* mutt("test", file)
      assert.strictEqual(code, 2)
      assert.match(said, /cannot be used:\n.*r:3:\d+: rules.0.match_strng: There is no field/)
      assert.strictEqual((yield* mutt("test", `${file}-none.yaml`)).code, 2)
      assert.strictEqual((yield* mutt("lint", file)).code, 2)
    }))

  it.effect("takes anything else for a message, about which it asks the server", () =>
    Effect.gen(function*() {
      const { code, text: said } = yield* mutt("test", "Interface Gi0/1, changed state to down")
      assert.strictEqual(code, 1)
      assert.include(said, "http://127.0.0.1:1 does not answer")
      assert.include((yield* mutt("test", tmpdir())).text, "does not answer")
    }))
})

describe("mutt rules lint", () => {
  it.effect("ends with 0 when no rule is in vain, with 1 and the proof when one is", () =>
    Effect.gen(function*() {
      const good = yield* written("good.yaml", text(""))
      assert.deepStrictEqual(yield* mutt("lint", good), {
        code: 0,
        exit: true,
        text: "1 rule: 0 errors, 0 warnings."
      })
      const bad = yield* written("bad.yaml", text(`  - { name: late, match_string: LINK-DOWN, ${handled} }`))
      const { code, text: said } = yield* mutt("lint", bad)
      assert.strictEqual(code, 1)
      assert.include(
        said,
        "error shadowed: Rule late never decides: rule link matches all that it matches and comes " +
          "before it. (\"link\" is inside of \"link-down\")"
      )
      const json = yield* mutt("lint", bad, "--json")
      assert.deepInclude(JSON.parse(json.text.split("\n")[0] ?? ""), { errors: 1, warnings: 0 })
    }))
})
