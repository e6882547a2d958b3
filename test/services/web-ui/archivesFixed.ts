import { Effect, Layer } from "effect"
import { ArchivedDays, type ListedDay } from "../../../layers/archive/ArchivedDays.ts"
import { EventArchiver } from "../../../services/web-ui/retention/EventArchiver.ts"

const dayOf = (day: string): ListedDay => ({
  day,
  odd: false,
  number: 1,
  rows: 1_000,
  bytes: 73_000,
  sha256: "0".repeat(64),
  url: `s3://events/mutt/${day.slice(0, 4)}/${day.slice(5, 7)}/event-audit-${day}.ndjson.zst`,
  written_at: "2026-11-29T00:00:00.000Z",
  place: `${day} 0 000001 ${"0".repeat(32)}`
})
const days = ["2026-11-27", "2026-11-26", "2026-11-25"].map(dayOf)

/** Three days that are archived, and an archiver that does not fail. */
export const archivesFixed = Layer.merge(
  Layer.mock(EventArchiver, { failure: Effect.succeed(undefined) }),
  Layer.succeed(ArchivedDays, {
    list: (after, most) => Effect.succeed(days.filter(({ place }) => after === "" || place < after).slice(0, most))
  })
)
