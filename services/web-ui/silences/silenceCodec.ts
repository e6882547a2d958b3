import { DateTime } from "effect"
import type { SilenceOccurrenceView, SilenceView } from "../../../src/api/web-ui/SilenceView.ts"
import { nextOccurrences, type SilenceOccurrence, silenceState } from "../../../src/silence/silenceTimes.ts"
import type { StoredSilence } from "../../../src/silence/StoredSilence.ts"

const iso = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))
const times = (one: SilenceOccurrence | undefined) => ({
  from: one === undefined ? null : iso(one.start),
  until: one === undefined ? null : iso(one.end)
})

/** A silence as the API shows it at an instant. */
export const silenceView = (silence: StoredSilence, now: number): SilenceView => {
  const { occurrence, state } = silenceState(silence, now)
  return { ...silence, state, ...times(occurrence), ends: endOf(silence) }
}

/** A schedule may have an end beside its last date: the earlier one, which texts of this form tell. */
const endOf = ({ ended_at, ends_at, schedule }: StoredSilence): string =>
  ended_at ?? [ends_at, schedule?.last].filter((end) => end !== undefined).sort()[0] ?? "never"

/** Times that are shown of a silence. */
const shown = 10

export const nextViews = (
  silence: Parameters<typeof nextOccurrences>[0],
  now: number
): ReadonlyArray<SilenceOccurrenceView> =>
  nextOccurrences(silence, now, shown).map((one) => ({
    local: one.local,
    zone: silence.schedule?.zone ?? null,
    from: iso(one.start),
    until: iso(one.end),
    minutes: one.minutes,
    usual_minutes: one.usualMinutes,
    unusual: one.minutes !== one.usualMinutes
  }))
