import { Context, type Effect } from "effect"
import type { SilenceSourceUnavailable } from "./SilenceSource.ts"

export interface SilenceHit {
  readonly silenceId: number
  /** Events it held back since the last time this was told. */
  readonly hits: number
  /** Epoch milliseconds. */
  readonly lastAt: number
}

/** Keeps how many events each silence held back. For people, who look for silences that hold nothing back; not exact. */
export class SilenceHits extends Context.Service<SilenceHits, {
  readonly add: (hits: ReadonlyArray<SilenceHit>) => Effect.Effect<void, SilenceSourceUnavailable>
}>()("mutt/layers/silence/SilenceHits") {}
