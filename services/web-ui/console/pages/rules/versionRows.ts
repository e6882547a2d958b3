/** A version of the rules, as the API lists it. */
export interface RuleVersion {
  readonly version: number
  readonly changed_at: string
  readonly changed_by: string | null
  readonly reason: string | null
  readonly correlation_id: string | null
  readonly changes: number
}

export interface VersionRow extends RuleVersion {
  /** When the next one came in its place; `undefined`: it is in force. */
  readonly until: string | undefined
}

/** Versions in force one after the other, newest first; `next` is the one that came after the first of them. */
export const versionRows = (
  versions: ReadonlyArray<RuleVersion>,
  next: RuleVersion | undefined
): ReadonlyArray<VersionRow> =>
  versions.map((version, at) => ({ ...version, until: (at === 0 ? next : versions[at - 1])?.changed_at }))
