import { Effect } from "effect"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { RoleRefused } from "../../../src/api/shared/Problems.ts"
import { permits } from "../../../src/domain/Role.ts"
import { LintFailed, TestsFailed } from "../../../src/domain/RuleProblems.ts"
import type { Judgement } from "./judgeRuleFile.ts"
import { invalid } from "./ruleCodec.ts"

/** Lets pass who may store what is refused: an admin who says why. */
export const mayForce = Effect.fnUntraced(function*({ reason }: { readonly reason?: string | null }) {
  const { role } = yield* CurrentCaller
  if (!permits(role, "admin")) return yield* new RoleRefused({ detail: "To force it needs the role admin." })
  if ((reason ?? "").trim() === "") {
    return yield* invalid([{ field: "reason", message: "Is needed to force it." }])
  }
})

/** Fails with what refuses the rules, if anything does. */
export const refuse = Effect.fnUntraced(function*({ failedTests, findings }: Judgement) {
  const errors = findings.filter(({ level }) => level === "error")
  if (errors.length > 0) {
    return yield* new LintFailed({
      detail: errors.slice(0, 3).map(({ message, rule }) => `${rule}: ${message}`).join(" "),
      findings
    })
  }
  if (failedTests.length > 0) {
    return yield* new TestsFailed({
      detail: `${failedTests.length} of the tests fail: ${failedTests.slice(0, 3).map(({ name }) => name).join("; ")}`,
      tests: failedTests
    })
  }
})
