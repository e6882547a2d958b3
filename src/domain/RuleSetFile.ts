import type { StoredRule, WantedRule } from "./Rule.ts"

/** Everything that rules decide by, with its tests, as one version of it. */
export interface StoredRuleSet {
  readonly version: number
  /** By priority, then id. */
  readonly rules: ReadonlyArray<StoredRule>
  /** Lower-case names and globs. */
  readonly developmentHosts: ReadonlyArray<string>
  readonly teams: ReadonlyArray<{ readonly hostname: string; readonly team: string }>
  /** By name. */
  readonly tests: ReadonlyArray<RuleTest>
}

/** A test as it was written, its members as JSON text. The database keeps it, and does not read it. */
export interface RuleTest {
  readonly name: string
  readonly test: string
}

/** All rules as somebody wants them. What is absent beside them stays as it is. */
export interface RuleSetFile {
  /** `id`: of a deleted rule that comes back with its number. */
  readonly rules: ReadonlyArray<WantedRule & { readonly id?: number | undefined }>
  readonly developmentHosts?: ReadonlyArray<string> | undefined
  readonly teams?: ReadonlyArray<{ readonly hostname: string; readonly team: string }> | undefined
  readonly tests?: ReadonlyArray<RuleTest> | undefined
}

/** A version of the rules, and who made it. */
export interface RuleVersion {
  readonly version: number
  readonly changedAt: string
  /** `null`: made by hand in the database, or before versions were kept. */
  readonly changedBy: string | null
  readonly reason: string | null
  readonly correlationId: string | null
  /** How many rules, hosts, teams and tests differ from the version before. */
  readonly changes: number
}
