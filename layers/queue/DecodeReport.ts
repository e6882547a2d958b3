import { Context, type Effect } from "effect"
import type { MisreadHost } from "../../src/domain/DecodeReport.ts"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

/**
 * Keeps which hosts all ingestors of the partition misread, how, and how often, within `decodeReportLimits`.
 *
 * It helps people to find a device to put right, and is no account of events: what a failed `add` brought may be
 * missing.
 */
export class DecodeReport extends Context.Service<DecodeReport, {
  /** Adds to the counts of each host. After a failure it is unknown how many hosts were added. */
  readonly add: (hosts: ReadonlyArray<MisreadHost>) => Effect.Effect<void, QueueUnavailable>
  /** All hosts, newest record first. */
  readonly hosts: Effect.Effect<ReadonlyArray<MisreadHost>, QueueUnavailable>
}>()("mutt/layers/queue/DecodeReport") {}

/** Orders hosts by their newest record, then by name. */
export const newestFirst = (one: MisreadHost, other: MisreadHost): number =>
  other.lastAt - one.lastAt || (one.hostname < other.hostname ? -1 : 1)
