import { Schema } from "effect"
import { ProcessReport } from "../../src/domain/ProcessReport.ts"
import type { Report, Topic } from "./Instances.ts"

export type ProcessInstance = Report<ProcessReport>

/** How every process is. Each tells it every 5 seconds; one that was killed is listed for a minute, as silent. */
export const processTopic: Topic<ProcessReport> = {
  key: "mutt:{config}:processes",
  silentMs: 60_000,
  decode: Schema.decodeUnknownEffect(ProcessReport)
}
