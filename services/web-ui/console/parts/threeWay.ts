import { Equal, Struct } from "effect"

/** A field that somebody else changed, or I did. */
export interface Differing<A> {
  readonly key: keyof A & string
  readonly base: A[keyof A & string]
  readonly theirs: A[keyof A & string]
  readonly mine: A[keyof A & string]
  /** What is taken unless somebody chooses: the one that changed, mine where both did. */
  readonly take: "theirs" | "mine"
}

const keysOf = <A extends object>(of: A): ReadonlyArray<keyof A & string> =>
  Object.keys(of).filter((key): key is keyof A & string => Object.hasOwn(of, key))

/** The fields of `base` that are not the same in all three. */
export const differing = <A extends object>(base: A, theirs: A, mine: A): ReadonlyArray<Differing<A>> =>
  keysOf(base).flatMap((key): ReadonlyArray<Differing<A>> =>
    Equal.equals(theirs[key], base[key]) && Equal.equals(mine[key], base[key]) || Equal.equals(theirs[key], mine[key])
      ? []
      : [{
        key,
        base: base[key],
        theirs: theirs[key],
        mine: mine[key],
        take: Equal.equals(mine[key], base[key]) ? "theirs" : "mine"
      }]
  )

/** Theirs with those of my fields that were chosen. */
export const merge = <A extends object>(theirs: A, mine: A, takeMine: ReadonlySet<keyof A & string>): A => ({
  ...theirs,
  ...Struct.pick(mine, [...takeMine])
})
