import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { LintFinding } from "./LintFinding.ts"
import { problem } from "./Problem.ts"

export class RuleNotFound extends HttpApiError.Problem<RuleNotFound>()(...problem("RuleNotFound", 404, {})) {}

/** Another rule has this name; `rule_id` is its number. */
export class RuleNameTaken
  extends HttpApiError.Problem<RuleNameTaken>()(...problem("RuleNameTaken", 409, { rule_id: Schema.Int }))
{}

/** Rules that would be stored make no sense beside each other. */
export class LintFailed
  extends HttpApiError.Problem<LintFailed>()(...problem("LintFailed", 422, { findings: Schema.Array(LintFinding) }))
{}

const Compared = Schema.NullOr(Schema.Union([Schema.String, Schema.Finite]))

/** A test that came out otherwise than it expects. */
export const FailedTest = Schema.Struct({
  name: Schema.String,
  failures: Schema.Array(Schema.Struct({
    /** Place of the event; `null` for the test as a whole. */
    event: Schema.NullOr(Schema.Int),
    field: Schema.String,
    expected: Compared,
    got: Compared,
    /** Why it came out so, in a sentence. */
    why: Schema.String
  }))
}).annotate({ identifier: "FailedRuleTest" })
export type FailedTest = typeof FailedTest.Type

/** Tests that came with the rules, or are stored with them, fail. */
export class TestsFailed
  extends HttpApiError.Problem<TestsFailed>()(...problem("TestsFailed", 422, { tests: Schema.Array(FailedTest) }))
{}

/** The list has no such host or glob. */
export class HostNotFound extends HttpApiError.Problem<HostNotFound>()(...problem("HostNotFound", 404, {})) {}

/** The list has the host already. */
export class HostExists extends HttpApiError.Problem<HostExists>()(...problem("HostExists", 409, {})) {}

export const ruleNotFound = () => new RuleNotFound({ detail: "There is no such rule." })
export const ruleNameTaken = (name: string, rule_id: number) =>
  new RuleNameTaken({ detail: `Rule ${rule_id} is named ${name} already.`, rule_id })
export const hostNotFound = () => new HostNotFound({ detail: "Hostname not found" })
export const hostExists = () => new HostExists({ detail: "Hostname already exists" })
export const hostHasTeam = () => new HostExists({ detail: "Hostname already has a team assignment" })
