import { Context, type Effect, Schema } from "effect"
import type { Silence } from "../../src/silence/Silence.ts"

/** The silences could not be read; those in force stay in force. */
export class SilenceSourceUnavailable
  extends Schema.TaggedError<SilenceSourceUnavailable>()("SilenceSourceUnavailable", { detail: Schema.String })
{}

/** Silences of one version, the oldest first. Those that ended lately are among them, for events that waited. */
export interface SilenceSet {
  readonly version: number
  readonly silences: ReadonlyArray<Silence>
}

/** Days after its end for which a silence is still read: an event is covered by when it arrived. */
export const keptAfterEndDays = 30

/** Reads the silences as one consistent snapshot. `version` is cheap: the newest version alone. */
export class SilenceSource extends Context.Service<SilenceSource, {
  readonly version: Effect.Effect<number, SilenceSourceUnavailable>
  readonly load: Effect.Effect<SilenceSet, SilenceSourceUnavailable>
}>()("mutt/layers/silence/SilenceSource") {}
