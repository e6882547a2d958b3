import { Context, type Effect } from "effect"
import type { MisreadHost } from "../../src/domain/DecodeReport.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

/**
 * Which hosts are misread, how, and how often, as all ingestors of the partition saw it. Bounded by `decodeReportLimits`.
 *
 * It is for people who look for a device to put right, and no account of events: what an `add` that failed brought may be missing.
 */
export class DecodeReport extends Context.Service<DecodeReport, {
  /** Adds to what is kept of each host. After a failure it is unknown how many of them were added. */
  readonly add: (hosts: ReadonlyArray<MisreadHost>) => Effect.Effect<void, QueueUnavailable>
  /** All that is kept; the host heard of last comes first. */
  readonly hosts: Effect.Effect<ReadonlyArray<MisreadHost>, QueueUnavailable>
}>()("mutt/layers/queue/DecodeReport") {}

/** The order in which hosts are shown: by the newest record, then by name. */
export const newestFirst = (one: MisreadHost, other: MisreadHost): number =>
  other.lastAt - one.lastAt || (one.hostname < other.hostname ? -1 : 1)
