import { Schema } from "effect"

/** What can be wrong with rules that are each right by themselves. */
export const LintCode = Schema.Literals([
  /** Two rules ask for the same. */
  "duplicate",
  /** An earlier rule takes everything that this one could match. */
  "shadowed",
  /** A pattern that nothing can rule out, so that it is tried on every message. */
  "costly",
  /** Of a sample, an earlier rule took everything that this one matches. */
  "shadowed_in_practice",
  /** Two rules match one event of a sample and differ in what they do with it. */
  "overlap",
  /** Matches a large part of a sample. */
  "broad",
  /** Matches nothing of a sample. */
  "never_hit"
])
export type LintCode = typeof LintCode.Type

/** One finding about a rule. An `error` is certain whatever events come, a `warn` is not. */
export const LintFinding = Schema.Struct({
  code: LintCode,
  level: Schema.Literals(["error", "warn"]),
  /** Name of the rule that is at fault. */
  rule: Schema.String,
  /** Name of the rule that comes before it. */
  other: Schema.NullOr(Schema.String),
  /** One sentence. */
  message: Schema.String,
  /** What shows it: texts that hold each other, or a message. */
  proof: Schema.String
}).annotate({ identifier: "LintFinding" })
export type LintFinding = typeof LintFinding.Type
