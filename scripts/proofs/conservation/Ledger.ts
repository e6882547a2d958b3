/**
 * What a record is meant to become. `refused`: an alert that the platform will never take. `poison`: no event at all.
 */
export type Kind = "forwarded" | "suppressed" | "unmatched" | "refused" | "poison"

/** One record that was posted, by the token in its text. */
export interface Posting {
  readonly token: string
  readonly kind: Kind
  /** Milliseconds after the load began. */
  readonly atMs: number
  /** Its sender posted the next only when this one was answered. */
  readonly chain?: number
  /** Its request was answered 2xx: from then on it must be found exactly once. */
  accepted: boolean
}

/** Words that the rules of the run look for. */
export const words: Readonly<Record<Kind, string>> = {
  forwarded: "forward this",
  suppressed: "suppress this",
  unmatched: "nobody cares",
  refused: "forward this unwanted thing",
  poison: "not an event"
}

/** All digits, so that masking makes like messages of all unmatched events. Nine of them, the seed first. */
export const tokenOf = (seed: number, number: number): string =>
  `#${String(100 + (seed % 900))}${String(number).padStart(6, "0")}#`

const pattern = /#\d{9}#/

/** The token somewhere in a text. */
export const findToken = (text: string): string | undefined => pattern.exec(text)?.[0]
