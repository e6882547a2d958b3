import { Effect, Option, Struct } from "effect"
import { Argument, Flag } from "effect/cli"
import type { RuleView } from "../../src/api/web-ui/Rules.ts"
import type { RulesApplied, RuleSetView } from "../../src/api/web-ui/RuleVersions.ts"
import type { LintFinding } from "../../src/domain/LintFinding.ts"
import { type FailedTest, LintFailed, TestsFailed } from "../../src/domain/RuleProblems.ts"
import { type Api, apiCommand, CommandFailed } from "./api.ts"
import { because, dryRun, ifVersion, reason } from "./change.ts"
import { answer, printJson, printText, shown, table } from "./output.ts"
import { readRuleFile } from "./ruleFile.ts"
import { followedLine, rulesFollowed, wait } from "./rulesFollowed.ts"

const force = Flag.Boolean("force").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Store it although lint or tests refuse it; needs the role admin and a reason")
)
const change = { dryRun, ifVersion, force, reason, wait }

interface Given {
  readonly dryRun: boolean
  readonly ifVersion: Option.Option<number>
  readonly force: boolean
  readonly reason: Option.Option<string>
  readonly wait: boolean
}

const askedOf = (at: Given) => ({
  ...because(at.reason),
  ...Option.match(at.ifVersion, { onNone: () => ({}), onSome: (if_version) => ({ if_version }) }),
  ...(at.dryRun ? { dry_run: true } : {}),
  ...(at.force ? { force: true } : {})
})

const applyFile = Effect.fnUntraced(function*(api: Api, at: Given & { readonly file: string }, json: boolean) {
  const file = yield* readRuleFile(at.file)
  const applied = yield* told(api.ruleVersions.apply({ headers: {}, payload: { ...file, ...askedOf(at) } }))
  yield* answerApplied(api, applied, at, json)
})

/** Prints what was done, once the alerters follow. */
const answerApplied = Effect.fnUntraced(function*(api: Api, applied: RulesApplied, at: Given, json: boolean) {
  const lines = appliedLines(applied)
  if (!at.wait || applied.dry_run || lines.at(-1) === unchanged) return yield* answer(json, applied, lines)
  const { followed, instances } = yield* rulesFollowed(api, applied.version)
  yield* answer(json, { ...applied, followed, instances }, [
    ...lines,
    followedLine({ followed, instances }, applied.version)
  ])
})

const apply = apiCommand(
  "apply",
  "Make rules, hosts, teams and tests what a file says, as one version",
  { file: Argument.String("file"), ...change },
  function*(api, at, json) {
    yield* applyFile(api, at, json)
  }
)

const importRules = apiCommand(
  "import",
  "The same as apply",
  { file: Argument.String("file"), ...change },
  function*(api, at, json) {
    yield* applyFile(api, { ...at, reason: Option.orElseSome(at.reason, () => "mutt rules import") }, json)
  }
)

const version = Argument.Int("version")

const restore = apiCommand(
  "restore",
  "Make rules, hosts, teams and tests what they were at a version, as a new one",
  { version, ...change },
  function*(api, at, json) {
    const applied = yield* told(api.ruleVersions.restore({
      params: { version: at.version },
      headers: {},
      payload: askedOf(at)
    }))
    yield* answerApplied(api, applied, at, json)
  }
)

const format = Flag.Literals("format", ["json", "yaml"]).pipe(Flag.withDefault("json"))

/** Prints a version as a file that `apply` takes. */
const printFile = Effect.fnUntraced(function*({ hosts, rules, tests }: RuleSetView, format: "json" | "yaml") {
  const file = { rules: rules.map(contentOf), hosts, tests }
  if (format === "json") return yield* printJson(file, 2)
  const { yamlText } = yield* Effect.promise(() => import("./yamlText.ts"))
  yield* printText(yamlText(file))
})

/** A rule as it is kept in a file: what it says, without what the database adds. */
const contentOf = (rule: RuleView) => Struct.omit(rule, ["id", "version", "created_at", "updated_at"])

const exportRules = apiCommand(
  "export",
  "All rules, hosts, teams and tests, as a file to keep",
  { format },
  function*(api, at) {
    const { versions: [newest] } = yield* api.ruleVersions.list({ query: { limit: 1 } })
    const found = yield* api.ruleVersions.get({ params: { version: newest?.version ?? 0 } })
    yield* printFile(found, at.format)
  }
)

const showVersion = apiCommand(
  "show-version",
  "Rules, hosts, teams and tests as they were at a version, as a file",
  { version, format },
  function*(api, at) {
    yield* printFile(yield* api.ruleVersions.get({ params: { version: at.version } }), at.format)
  }
)

const versions = apiCommand(
  "versions",
  "Who made which version of the rules, newest first",
  { limit: Flag.Int("limit").pipe(Flag.withDefault(50)) },
  function*(api, at, json) {
    const found = yield* api.ruleVersions.list({ query: { limit: at.limit } })
    const rows = found.versions.map(({ changed_at, changed_by, changes, reason, version }) => [
      String(version),
      changed_at,
      changed_by ?? "",
      String(changes),
      reason ?? ""
    ])
    yield* answer(json, found, table(["version", "when", "who", "changes", "reason"], rows))
  }
)

export const rulesAsData = [apply, importRules, exportRules, versions, showVersion, restore] as const

/** Puts what refuses a file into lines of its own. */
const told = <A, E, R>(asked: Effect.Effect<A, E, R>) =>
  Effect.mapError(asked, (error): E | CommandFailed => {
    if (error instanceof LintFailed) {
      return new CommandFailed({ message: "lint refuses it:", more: error.findings.map(findingLine) })
    }
    return error instanceof TestsFailed
      ? new CommandFailed({ message: "tests fail:", more: error.tests.flatMap(testLines) })
      : error
  })

const findingLine = ({ code, level, message, proof, rule }: LintFinding): string =>
  `  ${level} ${code} ${rule}: ${message} ${proof}`.trimEnd()

const testLines = ({ failures, name }: FailedTest): ReadonlyArray<string> => [
  `  ${name}`,
  ...failures.map(({ event, expected, field, got, why }) =>
    `    ${event === null ? "" : `event ${event}, `}${field}: expected ${shown(expected)}, got ${shown(got)}. ${why}`
  )
]

const unchanged = "Nothing to change."

const appliedLines = (applied: RulesApplied): ReadonlyArray<string> => {
  const { rules: { changed, created, deleted, unchanged: same }, tests } = applied
  const lines = [
    ...deleted.map(({ before, name }) => `- ${name}: ${shown(before)}`),
    ...changed.map(({ after, before, name }) => `~ ${name}: ${differences(before, after)}`),
    ...created.map(({ after, name }) => `+ ${name ?? "(unnamed)"}: ${shown(after)}`),
    ...applied.development_hosts.removed.map((host) => `- development host ${host}`),
    ...applied.development_hosts.added.map((host) => `+ development host ${host}`),
    ...applied.teams.map(({ after, before, hostname }) =>
      `~ team of ${hostname}: ${before ?? "none"} -> ${after ?? "none"}`
    ),
    ...tests.deleted.map((name) => `- test ${name}`),
    ...tests.changed.map((name) => `~ test ${name}`),
    ...tests.created.map((name) => `+ test ${name}`)
  ]
  const warnings = applied.findings.map((finding) => findingLine(finding).trim())
  if (lines.length === 0) return [...warnings, unchanged]
  const end = applied.dry_run
    ? "Nothing was changed (--dry-run)."
    : `Version ${applied.version}: ${created.length} created, ${changed.length} changed, ${deleted.length} deleted, ` +
      `${same} unchanged.`
  return [...warnings, ...lines, end]
}

type Fields = RulesApplied["rules"]["changed"][number]["before"]

const differences = (before: Fields, after: Fields): string =>
  before === null || after === null
    ? ""
    : Struct.keys(after).filter((key) => before[key] !== after[key])
      .map((key) => `${key} ${shown(before[key])} -> ${shown(after[key])}`).join(", ")
