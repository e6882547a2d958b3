import { Schema } from "effect"
import { StoredSilence } from "../../silence/StoredSilence.ts"

/** `now`: it holds back. `soon`: it will again. `ended`: never again. */
export const SilenceStateName = Schema.Literals(["now", "soon", "ended"])

export const SilenceView = Schema.Struct({
  ...StoredSilence.fields,
  state: SilenceStateName,
  /** When the present time, or the next one, begins and ends; `null` when it has ended. */
  from: Schema.NullOr(Schema.String),
  until: Schema.NullOr(Schema.String),
  /** When it is over for good: a time, the last date of its schedule, or `never` for a schedule without one. */
  ends: Schema.String
}).annotate({ identifier: "Silence" })
export type SilenceView = typeof SilenceView.Type

/** One time that a silence holds back. */
export const SilenceOccurrenceView = Schema.Struct({
  /** When it begins by the clocks of its zone: it names the time. `null` without a schedule. */
  local: Schema.NullOr(Schema.String),
  zone: Schema.NullOr(Schema.String),
  /** UTC. */
  from: Schema.String,
  until: Schema.String,
  /** Minutes it lasts by the schedule, and those it would last if no clock were changed. */
  minutes: Schema.Finite,
  usual_minutes: Schema.Finite,
  /** A change of clocks makes it longer or shorter. */
  unusual: Schema.Boolean
}).annotate({ identifier: "SilenceOccurrence" })
export type SilenceOccurrenceView = typeof SilenceOccurrenceView.Type
