import type { LintFinding } from "../domain/LintFinding.ts"
import { type CompiledRule, compileRule } from "../matching/CompiledRule.ts"
import { buildScanner, type LiteralScanner } from "../matching/LiteralScanner.ts"
import { byPriority, columns, noRank, noteIn, type Ranks } from "../matching/ranks.ts"
import type { NamedRule } from "./RuleFile.ts"
import { quoted } from "./words.ts"

/** Rules between two pauses. */
const atOnce = 16

/** The usable rules in their order, with the places of the first that asks for each thing. */
interface Ordered {
  readonly names: ReadonlyArray<string>
  readonly rules: ReadonlyArray<CompiledRule>
  readonly contains: ReadonlyMap<string, Ranks>
  readonly exact: ReadonlyMap<string, Ranks>
  readonly patterns: ReadonlyMap<string, Ranks>
  readonly oids: ReadonlyMap<string, Ranks>
}

/** The first rule that takes all, and why. */
interface Shadow {
  readonly rank: number
  readonly proof: string
}

/**
 * Finds rules that can never decide, and costly ones, without any event.
 *
 * Whatever it calls `duplicate` or `shadowed` is certain. Not all such rules are found: what a pattern matches is known
 * only by the texts it requires.
 */
export function* lint(rules: ReadonlyArray<NamedRule>): Generator<void, ReadonlyArray<LintFinding>> {
  const ordered = yield* inOrder(rules)
  const literals = [...ordered.contains.keys()]
  const scanner = yield* buildScanner(literals)
  const findings: Array<LintFinding> = []
  const first = new Map<string, number>()
  for (const [rank, compiled] of ordered.rules.entries()) {
    if (rank % atOnce === 0) yield
    const key = `${criterionKey(compiled)} ${compiled.rule.syslogSeverity}`
    const same = first.get(key)
    if (same === undefined) first.set(key, rank)
    const shadow = same === undefined ? shadowOf(ordered, rank, scanner, literals) : undefined
    const name = ordered.names[rank] ?? ""
    if (same !== undefined) findings.push(duplicate(name, ordered.names[same] ?? "", compiled))
    if (shadow !== undefined) findings.push(shadowed(name, ordered.names[shadow.rank] ?? "", shadow.proof))
    const { criterion } = compiled
    if (criterion._tag === "regex" && criterion.pattern.required.length === 0) {
      findings.push(costly(name, criterion.pattern.source))
    }
  }
  return findings
}

function* inOrder(rules: ReadonlyArray<NamedRule>): Generator<void, Ordered> {
  const names: Array<string> = []
  const compiled: Array<CompiledRule> = []
  const kinds = { contains: new Map(), exact: new Map(), patterns: new Map(), oids: new Map() } satisfies Record<
    string,
    Map<string, Ranks>
  >
  for (const [index, rule] of rules.filter(({ isActive }) => isActive).toSorted(byPriority).entries()) {
    if (index % atOnce === 0) yield
    const made = compileRule(rule)
    if ("field" in made) continue
    const rank = compiled.push(made) - 1
    names.push(rule.name)
    const { criterion } = made
    if (criterion._tag === "contains") noteIn(kinds.contains, criterion.literal, rank, rule)
    else if (criterion._tag === "exact") noteIn(kinds.exact, criterion.literal, rank, rule)
    else if (criterion._tag === "regex") noteIn(kinds.patterns, criterion.pattern.source, rank, rule)
    else noteIn(kinds.oids, criterion.prefix, rank, rule)
  }
  return { names, rules: compiled, ...kinds }
}

const criterionKey = ({ criterion }: CompiledRule): string => {
  switch (criterion._tag) {
    case "contains":
    case "exact":
      return `${criterion._tag} ${criterion.literal}`
    case "regex":
      return `regex ${criterion.pattern.source}`
    case "oid_prefix":
      return `oid_prefix ${criterion.prefix}`
  }
}

/** The earliest rule that matches whatever this one does: it asks for no severity, or for the same one. */
const shadowOf = (
  ordered: Ordered,
  rank: number,
  scanner: LiteralScanner,
  literals: ReadonlyArray<string>
): Shadow | undefined => {
  const compiled = ordered.rules[rank]
  if (compiled === undefined) return undefined
  const { criterion, rule } = compiled
  // The last column holds the rules that ask for no severity.
  const column = rule.syslogSeverity ?? columns - 1
  const earliest = (shadows: ReadonlyArray<Shadow>): Shadow | undefined =>
    shadows.filter((shadow) => shadow.rank < rank).toSorted((a, b) => a.rank - b.rank)[0]
  const at = (ranks: Ranks | undefined) => ranks?.[column] ?? noRank
  const inside = (text: string): ReadonlyArray<string> =>
    Array.from(scanner.hits.subarray(0, scanner.scan(text)), (hit) => literals[hit] ?? "")
  const held = (texts: ReadonlyArray<string>, proof: (literal: string) => string): ReadonlyArray<Shadow> =>
    texts.map((literal) => ({ rank: at(ordered.contains.get(literal)), proof: proof(literal) }))
  const same = (what: string, text: string, ranks: Ranks | undefined): Shadow => ({
    rank: at(ranks),
    proof: `both ask for the ${what} ${quoted(text)}, the earlier one whatever the severity is`
  })

  switch (criterion._tag) {
    case "contains":
      return earliest(held(inside(criterion.literal), (literal) =>
        literal === criterion.literal
          ? same("text", literal, undefined).proof
          : `${quoted(literal)} is inside of ${quoted(criterion.literal)}`))
    case "exact":
      return earliest([
        same("text", criterion.literal, ordered.exact.get(criterion.literal)),
        ...held(inside(criterion.literal), (literal) => `${quoted(literal)} is inside of ${quoted(criterion.literal)}`)
      ])
    case "regex":
      return earliest([
        same("pattern", criterion.pattern.source, ordered.patterns.get(criterion.pattern.source)),
        ...criterion.pattern.required.flatMap((clause) => {
          const [head = [], ...others] = clause.map(inside)
          return held(
            head.filter((literal) => others.every((found) => found.includes(literal))),
            (literal) => `each match holds ${clause.map(quoted).join(" or ")}, and with it ${quoted(literal)}`
          )
        })
      ])
    case "oid_prefix":
      return earliest(
        above(criterion.prefix).map((prefix) =>
          prefix === criterion.prefix
            ? same("OID", prefix, ordered.oids.get(prefix))
            : { rank: at(ordered.oids.get(prefix)), proof: `${criterion.prefix} is below ${prefix}` }
        )
      )
  }
}

/** The OID and all above it. */
const above = (oid: string): ReadonlyArray<string> => {
  const arcs = oid.split(".")
  return arcs.map((_, index) => arcs.slice(0, index + 1).join("."))
}

const duplicate = (rule: string, other: string, { criterion, rule: { syslogSeverity } }: CompiledRule): LintFinding => {
  const text = criterion._tag === "regex"
    ? criterion.pattern.source
    : criterion._tag === "oid_prefix"
    ? criterion.prefix
    : criterion.literal
  return {
    code: "duplicate",
    level: "error",
    rule,
    other,
    message: `Rule ${rule} never decides: rule ${other} asks for the same and comes before it.`,
    proof: `${criterion._tag} ${quoted(text)}, ${
      syslogSeverity === null ? "any severity" : `severity ${syslogSeverity}`
    }`
  }
}

const shadowed = (rule: string, other: string, proof: string): LintFinding => ({
  code: "shadowed",
  level: "error",
  rule,
  other,
  message: `Rule ${rule} never decides: rule ${other} matches all that it matches and comes before it.`,
  proof
})

const costly = (rule: string, pattern: string): LintFinding => ({
  code: "costly",
  level: "warn",
  rule,
  other: null,
  message: `Rule ${rule} is tried on every message: its pattern requires no certain text.`,
  proof: `pattern ${quoted(pattern)}`
})
