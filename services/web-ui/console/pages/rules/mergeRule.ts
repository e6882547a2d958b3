import { Struct } from "effect"
import type { RuleFields } from "./ruleForm.ts"

type Key = keyof RuleFields

/** A field that somebody else changed, or I did. */
export interface Differing {
  readonly key: Key
  readonly base: RuleFields[Key]
  readonly theirs: RuleFields[Key]
  readonly mine: RuleFields[Key]
  /** What is taken unless somebody chooses: the one that changed, mine where both did. */
  readonly take: "theirs" | "mine"
}

const keys = (rule: RuleFields): ReadonlyArray<Key> =>
  Object.keys(rule).filter((key): key is Key => Object.hasOwn(rule, key))

export const differing = (base: RuleFields, theirs: RuleFields, mine: RuleFields): ReadonlyArray<Differing> =>
  keys(base).flatMap((key): ReadonlyArray<Differing> =>
    theirs[key] === base[key] && mine[key] === base[key] || theirs[key] === mine[key]
      ? []
      : [{
        key,
        base: base[key],
        theirs: theirs[key],
        mine: mine[key],
        take: mine[key] === base[key] ? "theirs" : "mine"
      }]
  )

/** Their rule with those of my fields that were chosen. */
export const mergeRule = (theirs: RuleFields, mine: RuleFields, takeMine: ReadonlySet<Key>): RuleFields => ({
  ...theirs,
  ...Struct.pick(mine, [...takeMine])
})
