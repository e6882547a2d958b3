import { DateTime } from "effect"
import type { RecordView } from "../../../src/api/web-ui/Overview.ts"
import type { RecordVerdict } from "./RecordComparison.ts"

export const hourMs = 3_600_000

const hourText = (hour: number): string => DateTime.formatIso(DateTime.makeUnsafe(hour * hourMs))

export const recordView = ({ difference, found, hours }: RecordVerdict): RecordView => ({
  whole: found.length === 0,
  from: hourText(hours.from),
  to: hourText(hours.to),
  hours: hours.to - hours.from,
  difference,
  found: found.map((one) => ({ ...one, hour: hourText(one.hour) }))
})
