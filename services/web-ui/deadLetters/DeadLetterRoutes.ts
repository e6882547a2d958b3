import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { Operation } from "../../../layers/idempotency/afterCommit.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { droppedAt } from "../../../layers/telemetry/dropped.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { AuditedValues } from "../../../src/domain/ChainEntry.ts"
import type { DeadLetter, DeadLetterQueue } from "../../../src/domain/DeadLetter.ts"
import { withinBytes } from "../../../src/logic/withinBytes.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { limitOf } from "../http/paging.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { QuarantineReplay } from "./QuarantineReplay.ts"

const answered = orUnavailable("dead letters")

/** Dead letters read at a time. */
const atOnce = 10

interface Selection {
  readonly ids: ReadonlyArray<string>
  readonly reason?: string | null
}

interface Moved {
  readonly moved: ReadonlyArray<string>
  readonly missing: ReadonlyArray<string>
}

const movedOf = ({ ids }: Selection) => (moved: ReadonlyArray<string>): Moved => ({ moved, missing: notIn(moved, ids) })

export const DeadLettersHandlers = HttpApiBuilder.group(
  WebUiApi,
  "deadLetters",
  Effect.fn(function*(handlers) {
    const letters = yield* DeadLetters
    const quarantine = yield* QuarantineReplay
    const audit = yield* ConfigAudit
    const { pageMaxBytes } = yield* WebUiSettings

    /**
     * Moves dead letters between two audit records: the intent before, the outcome after. An intent alone means that the
     * program ended in between.
     */
    const recorded = Effect.fnUntraced(function*<A extends Moved>(
      action: "replay" | "discard",
      queue: DeadLetterQueue,
      selection: Selection,
      move: (operation: string | undefined) => Effect.Effect<A, QueueUnavailable>
    ) {
      const author = yield* changeAuthor(selection)
      const record = (operation: "UPDATE" | "DELETE", what: AuditedValues) =>
        audit.record({
          ...author,
          operation,
          table: "dead_letters",
          key: queue,
          before: null,
          after: { action, ...what }
        })
      const afterwards = (operation: "UPDATE" | "DELETE", what: AuditedValues) =>
        record(operation, what).pipe(
          droppedAt(
            "audit.dead_letters",
            "What became of dead letters could not be recorded; that it was asked for, is."
          )
        )
      yield* record("UPDATE", { phase: "intent", ids: selection.ids }).pipe(
        Effect.catch(unavailable("configuration audit"))
      )
      const result = yield* move(yield* Operation).pipe(
        Effect.tapError(({ outcome }) =>
          afterwards("UPDATE", { phase: outcome === "unchanged" ? "failed" : "unknown", ids: selection.ids })
        ),
        answered
      )
      const { missing, moved } = result
      const operation = action === "discard" && moved.length > 0 ? "DELETE" : "UPDATE"
      yield* afterwards(operation, { phase: "done", ids: moved, missing })
      return result
    }, Effect.uninterruptible)
    /** Reads a few at a time, as each may be large, until it has enough of them or enough bytes. */
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

    return handlers.handleAll({
      counts: () =>
        Effect.all({
          events: letters.count("events"),
          alerts: letters.count("alerts"),
          quarantine: letters.count("quarantine")
        }).pipe(Effect.map((counts) => ({ counts })), answered),
      list: Effect.fnUntraced(function*({ params: { queue }, query }) {
        const limit = limitOf(query)
        const [count, found] = yield* Effect.all([
          letters.count(queue),
          newest(queue, limit + 1, query.before)
        ]).pipe(answered)
        const shown = withinBytes(found.slice(0, limit), pageMaxBytes)
        const last = shown.at(-1)
        return {
          queue,
          count,
          dead_letters: shown.map(({ entryId, queue: _queue, ...letter }) => ({ id: entryId, ...letter })),
          pagination: {
            limit,
            ...(found.length > shown.length && last !== undefined ? { next_before: last.entryId } : {})
          }
        }
      }),
      replay: Effect.fnUntraced(function*({ params: { queue }, payload }) {
        if (queue === "quarantine") {
          const { missing, moved, ...more } = yield* recorded(
            "replay",
            queue,
            payload,
            () => Effect.map(quarantine.replay(payload.ids), ({ replayed, ...more }) => ({ moved: replayed, ...more }))
          )
          return { replayed: moved, missing, ...more }
        }
        const { missing, moved } = yield* recorded(
          "replay",
          queue,
          payload,
          (operation) => Effect.map(letters.replay(queue, payload.ids, operation), movedOf(payload))
        )
        return { replayed: moved, missing }
      }),
      discard: Effect.fnUntraced(function*({ params: { queue }, payload }) {
        const { missing, moved } = yield* recorded(
          "discard",
          queue,
          payload,
          (operation) => Effect.map(letters.discard(queue, payload.ids, operation), movedOf(payload))
        )
        return { discarded: moved, missing }
      })
    })
  })
)

const notIn = (done: ReadonlyArray<string>, asked: ReadonlyArray<string>): ReadonlyArray<string> => {
  const found = new Set(done)
  return asked.filter((id) => !found.has(id))
}
