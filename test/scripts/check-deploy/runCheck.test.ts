import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { CannotRun, type Check, CheckFailed } from "../../../scripts/check-deploy/Check.ts"
import { linesOf, runCheck } from "../../../scripts/check-deploy/runCheck.ts"

const none = { tools: {}, missing: [{ tool: "lintian", because: "nobody has it", get: "install it" }] }
const check = (over: Partial<Check>): Check => ({
  name: "one",
  what: "something holds",
  tools: [],
  run: () => Effect.succeed("seen"),
  ...over
})
const ended = (over: Partial<Check>, ci: boolean) => Effect.map(runCheck(check(over), none, ci), ({ ended }) => ended)

describe("a check of what ships", () => {
  it.effect("is skipped without its tool on the machine of a developer, fails CI, and fails nobody when it is heavy", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* ended({ tools: ["lintian"] }, false), "skipped")
      assert.strictEqual(yield* ended({ tools: ["lintian"] }, true), "failed")
      assert.strictEqual(yield* ended({ tools: ["lintian"], heavy: true }, true), "skipped")
      assert.include((yield* runCheck(check({ tools: ["lintian"] }), none, true)).lines, "lintian: nobody has it")
      const because = Effect.fail(new CannotRun({ because: "no rights" }))
      assert.strictEqual(yield* ended({ run: () => because }, false), "skipped")
      assert.strictEqual(yield* ended({ run: () => because }, true), "failed")
    }))

  it.effect("says in one line what it saw, and all that is wrong", () =>
    Effect.gen(function*() {
      assert.match(linesOf(yield* runCheck(check({}), none, true)), /^ok +one \(\d\.\d s\): seen$/)
      const wrong = Effect.fail(new CheckFailed({ problems: ["this", "that"] }))
      assert.match(linesOf(yield* runCheck(check({ run: () => wrong }), none, false)), /^failed +one .*: this\n +that$/)
    }))
})
