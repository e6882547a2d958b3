import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { Operation } from "../../../layers/idempotency/afterCommit.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import type { Selection } from "../../../src/api/web-ui/DeadLetterFilters.ts"
import type { DeadLetter, DeadLetterQueue } from "../../../src/domain/DeadLetter.ts"
import { withinBytes } from "../../../src/logic/withinBytes.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { limitOf } from "../http/paging.ts"
import { recordedInSteps } from "../http/recordedInSteps.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { groupsOf, newestFitting } from "./LetterSearches.ts"
import { letterSearch } from "./letterSpan.ts"
import { discardStep, replayStep, rereadStep } from "./letterSteps.ts"
import { noProgress, planSweep, type Step, sweep, sweptOf } from "./LetterSweep.ts"
import { QuarantineReplay } from "./QuarantineReplay.ts"

const answered = orUnavailable("dead letters")

interface Moved {
  readonly moved: ReadonlyArray<string>
  readonly missing: ReadonlyArray<string>
}

const movedOf = (ids: ReadonlyArray<string>) => (moved: ReadonlyArray<string>): Moved => ({
  moved,
  missing: notIn(moved, ids)
})

export const DeadLettersHandlers = HttpApiBuilder.group(
  WebUiApi,
  "deadLetters",
  Effect.fn(function*(handlers) {
    const letters = yield* DeadLetters
    const quarantine = yield* QuarantineReplay
    const recorded = recordedInSteps(yield* ConfigAudit)
    const { pageMaxBytes, scanMost, sweepSeconds } = yield* WebUiSettings

    const moveIds = Effect.fnUntraced(function*<A extends Moved>(
      action: "replay" | "discard",
      queue: DeadLetterQueue,
      { ids, reason }: { readonly ids: ReadonlyArray<string>; readonly reason?: string | null | undefined },
      move: (operation: string | undefined) => Effect.Effect<A, QueueUnavailable>
    ) {
      return yield* recorded(
        {
          author: yield* changeAuthor({ reason: reason ?? null }),
          table: "dead_letters",
          key: queue,
          action,
          asked: { ids }
        },
        move(yield* Operation),
        ({ missing, moved }) => ({
          values: { ids: moved, missing },
          deleted: action === "discard" && moved.length > 0
        })
      )
    })

    /** All that the filter finds is one change: how many they are is checked before, and nothing is done if it differs. */
    const moveFound = Effect.fnUntraced(function*(
      action: "replay" | "discard",
      queue: DeadLetterQueue,
      { expected = 0, filter = {}, reason }: Selection,
      step: Step
    ) {
      const search = yield* letterSearch(filter)
      const plan = yield* planSweep(letters, queue, search, expected, yield* Operation)
      const progress = noProgress(plan)
      const found = { filter: { ...filter }, matched: plan.matched, up_to: plan.upTo ?? null }
      const ends = () => ({ ...found, moved: progress.moved, left: progress.left })
      yield* recorded(
        {
          author: yield* changeAuthor({ reason: reason ?? null }),
          table: "dead_letters",
          key: queue,
          action,
          asked: found,
          soFar: ends
        },
        sweep(letters, queue, filter, search, plan, progress, step, sweepSeconds * 1_000),
        () => ({ values: ends(), deleted: action === "discard" && progress.moved > 0 })
      )
      return sweptOf(plan, progress)
    })

    const replay = Effect.fnUntraced(function*(queue: DeadLetterQueue, payload: Selection) {
      const { ids, reason } = payload
      if (ids === undefined) {
        const step = queue === "quarantine" ? rereadStep(quarantine) : replayStep(letters, queue)
        return yield* moveFound("replay", queue, payload, step)
      }
      if (queue === "quarantine") {
        const { missing, moved, ...more } = yield* moveIds(
          "replay",
          queue,
          { ids, reason },
          () => Effect.map(quarantine.replay(ids), ({ replayed, ...more }) => ({ moved: replayed, ...more }))
        )
        return { replayed: moved, missing, ...more }
      }
      const { missing, moved } = yield* moveIds(
        "replay",
        queue,
        { ids, reason },
        (operation) => Effect.map(letters.replay(queue, ids, operation), movedOf(ids))
      )
      return { replayed: moved, missing }
    })

    return handlers.handleAll({
      counts: () =>
        Effect.all({
          events: letters.count("events"),
          alerts: letters.count("alerts"),
          quarantine: letters.count("quarantine")
        }).pipe(Effect.map((counts) => ({ counts })), answered),
      list: Effect.fnUntraced(function*({ params: { queue }, query: { before, limit: asked, ...filter } }) {
        const limit = limitOf(asked === undefined ? {} : { limit: asked })
        const search = yield* letterSearch(filter)
        const filtered = Object.keys(filter).length > 0
        const limits = { most: limit + 1, bytes: pageMaxBytes, looked: scanMost, filtered }
        const [count, found] = yield* Effect.all([
          letters.count(queue),
          newestFitting(letters, queue, search, limits, before)
        ])
        const shown = withinBytes(found.letters.slice(0, limit), pageMaxBytes)
        const next = found.letters.length > shown.length ? shown.at(-1)?.entryId : found.stoppedAt
        return {
          queue,
          count,
          dead_letters: shown.map(viewOf),
          pagination: { limit, ...(next === undefined ? {} : { next_before: next }) }
        }
      }, answered),
      groups: Effect.fnUntraced(function*({ params: { queue }, query: { before, ...filter } }) {
        return yield* groupsOf(letters, queue, yield* letterSearch(filter), scanMost, before)
      }, answered),
      replay: ({ params: { queue }, payload }) => answered(replay(queue, payload)),
      retry: ({ payload }) => answered(replay("quarantine", payload)),
      discard: Effect.fnUntraced(function*({ params: { queue }, payload }) {
        const { ids, reason } = payload
        if (ids === undefined) return yield* moveFound("discard", queue, payload, discardStep(letters, queue))
        const { missing, moved } = yield* moveIds(
          "discard",
          queue,
          { ids, reason },
          (operation) => Effect.map(letters.discard(queue, ids, operation), movedOf(ids))
        )
        return { discarded: moved, missing }
      }, answered)
    })
  })
)

const viewOf = ({ entryId, queue: _queue, ...letter }: DeadLetter) => ({ id: entryId, ...letter })

const notIn = (done: ReadonlyArray<string>, asked: ReadonlyArray<string>): ReadonlyArray<string> => {
  const found = new Set(done)
  return asked.filter((id) => !found.has(id))
}
