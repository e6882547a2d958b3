import { Effect, Stream, Struct } from "effect"
import type { EventReader, EventSpan } from "../../../layers/audit/EventReader.ts"
import type { EventAuditEntry } from "../../../src/domain/Decision.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { PastEvent } from "../../../src/domain/PastEvent.ts"
import { globMatches } from "../../../src/logic/hosts.ts"

export interface Kept {
  readonly row: EventAuditEntry
  readonly decision: Decision
}

/** Reads what is kept in memory; pages are small, so that there are several. */
export const readerOver = (rows: ReadonlyMap<string, Kept>): EventReader["Service"] => {
  const chosen = (span: EventSpan): ReadonlyArray<PastEvent> =>
    Array.from(rows.values(), pastEvent).filter((event) => fits(event, span)).sort((a, b) =>
      a.at - b.at || (a.id < b.id ? -1 : 1)
    ).map((event) => Struct.omit(event, ["hostname"]))
  return {
    pages: (span) =>
      Stream.unwrap(Effect.sync(() => {
        const all = chosen(span)
        return Stream.fromIterable(
          Array.from({ length: Math.ceil(all.length / 10) }, (_, index) => all.slice(index * 10, index * 10 + 10))
        )
      })),
    estimate: (span) => Effect.sync(() => chosen(span).length)
  }
}

const pastEvent = ({ decision, row }: Kept) => ({
  id: row.id,
  at: Date.parse(row.received_at),
  hostname: row.hostname,
  raw: row.raw_message,
  ...Struct.omit(decision, ["reason"])
})

const fits = (
  { at, hostname, id, outcome }: ReturnType<typeof pastEvent>,
  { from, hosts, notSuppressed, sample, to }: EventSpan
): boolean =>
  at >= from && at < to && Number.parseInt(id.slice(-4), 16) % sample === 0 &&
  (notSuppressed !== true || outcome !== "suppressed") &&
  (hosts === undefined || hosts.some((host) => globMatches(host.toLowerCase(), hostname)))
