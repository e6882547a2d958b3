import { Schema, Struct } from "effect"
import { text } from "../api/shared/fields.ts"
import { RuleInput } from "../api/web-ui/Rules.ts"
import { DecisionOutcome } from "../domain/Decision.ts"
import {
  Environment,
  fromRuleColumns,
  Handling,
  HostPattern,
  type Rule,
  RuleName,
  type RuleSet
} from "../domain/Rule.ts"
import { TimeZoneName } from "../domain/TimeZoneName.ts"
import { SilenceFields, SilenceMatch, SilenceSchedule } from "../silence/Silence.ts"

/** Limits of a file of rules. */
export const ruleFileLimits = {
  rules: 10_000,
  hosts: 10_000,
  tests: 10_000,
  /** Of one test. */
  events: 10_000,
  silences: 100
} as const

/** A rule as the API writes it, with its name. */
export const FileRule = Schema.Struct({
  ...Struct.omit(RuleInput.fields, ["reason", "force"]),
  name: Schema.optionalKey(RuleName)
})
export type FileRule = typeof FileRule.Type

/** Development hosts and the teams of hosts. */
export const FileHosts = Schema.Struct({
  development: Schema.optionalKey(Schema.Array(HostPattern).check(Schema.isMaxLength(ruleFileLimits.hosts))),
  teams: Schema.optionalKey(
    Schema.Array(Schema.Struct({ hostname: HostPattern, team_assignment: text(100) }))
      .check(Schema.isMaxLength(ruleFileLimits.hosts))
  )
})

/** An event of a test, or a line that is decoded as intake does. */
export const TestEvent = Schema.Struct({
  /** Time since the start of the test: `0s`, `5m`, `1h30m`. Without it, that of the event before. */
  at: Schema.optionalKey(Schema.String),
  /** With a line, the address it came from. */
  host: Schema.optionalKey(text(255)),
  /** A line as a device sends it; only `at` and `host` count beside it. */
  line: Schema.optionalKey(text(65_536)),
  message: Schema.optionalKey(Schema.String.check(Schema.isMaxCodePoints(65_536))),
  /** The text before the message: `LINK-DOWN` or `sshd[812]: `. */
  tag: Schema.optionalKey(text(255)),
  /** Number or name. */
  severity: Schema.optionalKey(Schema.Union([Schema.Int, Schema.String])),
  trap_oid: Schema.optionalKey(text(255))
})
export type TestEvent = typeof TestEvent.Type

/** A silence of a test, its match and its times side by side. Without times it covers all of the test. */
export const TestSilence = Schema.Struct({
  /** What `expect` calls it; `silence-0` for the first without a name. */
  name: Schema.optionalKey(text(100)),
  ...SilenceMatch.fields,
  ...Struct.pick(SilenceFields, ["starts_at", "ends_at"]),
  /** Without it, the zone of the start of the test. */
  zone: Schema.optionalKey(TimeZoneName),
  ...Struct.omit(SilenceSchedule.fields, ["zone"])
})
export type TestSilence = typeof TestSilence.Type

/** What becomes of one event. What is left out is not compared. */
export const Expectation = Schema.Struct({
  /** Its place among the events; the first is 0. */
  event: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  outcome: Schema.optionalKey(DecisionOutcome),
  /** Name of the rule that decides; `null` for none. */
  rule: Schema.optionalKey(Schema.NullOr(Schema.String)),
  handling: Schema.optionalKey(Schema.NullOr(Handling)),
  team: Schema.optionalKey(Schema.String),
  environment: Schema.optionalKey(Environment),
  /** Why it was held back: by the handling of its rule, or by a silence. */
  cause: Schema.optionalKey(Schema.NullOr(Schema.Literals(["handling", "silence"]))),
  /** Name of the silence that held it back. */
  silence: Schema.optionalKey(Schema.NullOr(Schema.String)),
  /** For a later release; refused until then. */
  alert: Schema.optionalKey(Schema.Json)
})
export type Expectation = typeof Expectation.Type

/** Events in the order they come, and what the rules are to make of them. */
export const RuleTest = Schema.Struct({
  name: text(200),
  /** `2026-03-29T01:59:00+01:00[Europe/Berlin]`; the zone, or an offset, is needed. */
  start: Schema.optionalKey(Schema.String),
  silences: Schema.optionalKey(Schema.Array(TestSilence).check(Schema.isMaxLength(ruleFileLimits.silences))),
  events: Schema.Array(TestEvent).check(Schema.isMinLength(1), Schema.isMaxLength(ruleFileLimits.events)),
  expect: Schema.optionalKey(Schema.Array(Expectation)),
  /** Alerts to the platform, in all. Meta-alerts do not count. */
  sent: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
})
export type RuleTest = typeof RuleTest.Type

/** Rules, the hosts they treat differently, and tests that both must pass. */
export const RuleFile = Schema.Struct({
  rules: Schema.Array(FileRule).check(Schema.isMaxLength(ruleFileLimits.rules)),
  hosts: Schema.optionalKey(FileHosts),
  tests: Schema.optionalKey(Schema.Array(RuleTest).check(Schema.isMaxLength(ruleFileLimits.tests)))
})
export type RuleFile = typeof RuleFile.Type

/** A rule with the name that people know it by. */
export type NamedRule = Rule & { readonly name: string }

/** All that decides about events, and the tests it must pass. */
export interface TestedRules {
  readonly rules: ReadonlyArray<NamedRule>
  readonly developmentHosts: RuleSet["developmentHosts"]
  readonly deviceTeams: RuleSet["deviceTeams"]
  readonly tests: ReadonlyArray<RuleTest>
}

/** What people are told of a rule of a file that has no name. No rule can have it. */
const placeName = (index: number): string => `#${index + 1}`

/**
 * A file as the alerter would have it. Ids are places, from 1: of equal priorities, the first in the file decides.
 */
export const testedRules = ({ hosts = {}, rules, tests = [] }: RuleFile): TestedRules => ({
  rules: rules.map((rule, index) => ({
    ...fromRuleColumns(rule),
    id: index + 1,
    name: rule.name ?? placeName(index)
  })),
  developmentHosts: (hosts.development ?? []).map((host) => host.toLowerCase()),
  deviceTeams: (hosts.teams ?? []).map(({ hostname, team_assignment }) => ({
    hostname: hostname.toLowerCase(),
    team: team_assignment
  })),
  tests
})
