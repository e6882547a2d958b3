import { Clock, Effect, Layer } from "effect"
import { decodeEvent } from "../../src/decode/decodeEvent.ts"
import type { SampleEvent } from "../../src/rulefile/lintSample.ts"
import { EventAudit } from "./EventAudit.ts"
import { EventSample } from "./EventSample.ts"

/** Events and bytes of one page, bytes of all pages, and how long reading may take. */
const limits = { page: 1_000, pageBytes: 4_194_304, bytes: 33_554_432, ms: 5_000 } as const

/** Reads the record page by page. */
export const EventSampleAudit = Layer.effect(
  EventSample,
  Effect.map(EventAudit, (audit) =>
    EventSample.of({
      newest: Effect.fnUntraced(function*(most: number) {
        const until = (yield* Clock.currentTimeMillis) + limits.ms
        const sample: Array<SampleEvent> = []
        let cursor: string | undefined
        let [read, bytes] = [0, 0]
        do {
          const { nextCursor, rows } = yield* audit.search({
            limit: Math.min(limits.page, most - read),
            maxBytes: limits.pageBytes,
            cursor
          })
          for (const { raw_message } of rows) {
            read++
            bytes += raw_message.length
            const event = decodeEvent(raw_message)
            // A row of another program may hold something else.
            if (typeof event === "string") continue
            const { hostname, message, severity, tag, trapOid } = event
            sample.push({
              hostname,
              message,
              ...(severity === undefined ? {} : { severity }),
              ...(tag === undefined ? {} : { tag }),
              ...(trapOid === undefined ? {} : { trapOid })
            })
          }
          cursor = rows.length === 0 ? undefined : nextCursor
        } while (
          cursor !== undefined && read < most && bytes < limits.bytes && (yield* Clock.currentTimeMillis) < until
        )
        return sample
      })
    }))
)
