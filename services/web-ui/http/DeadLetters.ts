import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { DeadLetter, DeadLetterQueue } from "../../../src/domain/DeadLetter.ts"
import { withinBytes } from "../../../src/logic/withinBytes.ts"
import { QuarantineReplay } from "../QuarantineReplay.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { changeOf, unavailable } from "./change.ts"
import { limitOf } from "./paging.ts"

const unreachable = unavailable("dead letters")

/** Dead letters read in one go. */
const atOnce = 10

interface Selection {
  readonly ids: ReadonlyArray<string>
  readonly reason?: string | null
}

export const DeadLettersHandlers = HttpApiBuilder.group(
  WebUiApi,
  "deadLetters",
  Effect.fn(function*(handlers) {
    const letters = yield* DeadLetters
    const quarantine = yield* QuarantineReplay
    const audit = yield* ConfigAudit
    const { pageMaxBytes } = yield* WebUiSettings

    /** Written before anything moves: whatever is replayed or given up, somebody is named for it. */
    const record = Effect.fnUntraced(
      function*(action: "replay" | "discard", queue: DeadLetterQueue, selection: Selection) {
        const change = yield* changeOf(selection)
        yield* audit.record({
          changedBy: change.actor,
          operation: action === "replay" ? "UPDATE" : "DELETE",
          tableName: "dead_letters",
          recordId: queue,
          oldValues: null,
          newValues: { action, ids: selection.ids },
          reason: change.reason,
          correlationId: change.correlationId
        }).pipe(Effect.catchTag("ConfigAuditFailed", unavailable("configuration audit")))
      }
    )
    /** Some at a time, as each may be as long as a record may be, until there are enough of them or enough bytes. */
    const newest = Effect.fnUntraced(function*(queue: DeadLetterQueue, most: number, before: string | undefined) {
      const found: Array<DeadLetter> = []
      let bytes = 0
      let last = before
      while (found.length < most && bytes <= pageMaxBytes) {
        const some = Math.min(atOnce, most - found.length)
        const more = yield* letters.list(queue, some, last)
        found.push(...more)
        last = more.at(-1)?.entryId
        if (more.length < some) break
        bytes += more.reduce((sum, { payload }) => sum + payload.length, 0)
      }
      return found
    })
    const missing = (asked: ReadonlyArray<string>, done: ReadonlyArray<string>) => {
      const found = new Set(done)
      return asked.filter((id) => !found.has(id))
    }

    return handlers.handleAll({
      counts: () =>
        Effect.all({
          events: letters.count("events"),
          alerts: letters.count("alerts"),
          quarantine: letters.count("quarantine")
        }).pipe(Effect.map((counts) => ({ counts })), Effect.catchTag("QueueUnavailable", unreachable)),
      list: Effect.fnUntraced(function*({ params: { queue }, query }) {
        const limit = limitOf(query)
        const [count, found] = yield* Effect.all([
          letters.count(queue),
          newest(queue, limit + 1, query.before)
        ]).pipe(Effect.catchTag("QueueUnavailable", unreachable))
        const shown = withinBytes(found.slice(0, limit), pageMaxBytes)
        const last = shown.at(-1)
        return {
          queue,
          count,
          dead_letters: shown.map(({ at, attempts, detail, entryId, payload, reason }) => ({
            id: entryId,
            at,
            reason,
            detail,
            attempts,
            payload
          })),
          pagination: {
            limit,
            ...(found.length > shown.length && last !== undefined ? { next_before: last.entryId } : {})
          }
        }
      }),
      replay: Effect.fnUntraced(function*({ params: { queue }, payload }) {
        yield* record("replay", queue, payload)
        if (queue === "quarantine") {
          return yield* quarantine.replay(payload.ids).pipe(Effect.catchTag("QueueUnavailable", unreachable))
        }
        const replayed = yield* letters.replay(queue, payload.ids).pipe(
          Effect.catchTag("QueueUnavailable", unreachable)
        )
        return { replayed, missing: missing(payload.ids, replayed) }
      }),
      discard: Effect.fnUntraced(function*({ params: { queue }, payload }) {
        yield* record("discard", queue, payload)
        const discarded = yield* letters.discard(queue, payload.ids).pipe(
          Effect.catchTag("QueueUnavailable", unreachable)
        )
        return { discarded, missing: missing(payload.ids, discarded) }
      })
    })
  })
)
