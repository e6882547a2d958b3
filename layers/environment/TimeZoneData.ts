import { Context } from "effect"
import process from "node:process"
import { unknownTimeZones } from "../../src/domain/TimeZoneVersion.ts"

/** Version of the time zone data of this runtime. Node.js and Deno each bring their own, and both say which. */
export const TimeZoneData = Context.Reference<string>("mutt/layers/environment/TimeZoneData", {
  defaultValue: () => process.versions["tz"] ?? unknownTimeZones
})
