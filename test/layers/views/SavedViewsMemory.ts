import { Clock, Effect, Layer, Semaphore } from "effect"
import { changeRecord } from "../../../layers/audit/changeRecord.ts"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { orUnavailable } from "../../../layers/audit/orUnavailable.ts"
import { SavedViews, SavedViewsUnavailable } from "../../../layers/views/SavedViews.ts"
import { type SavedView, toViewColumns, viewLimits, viewNotFound, viewsFull } from "../../../src/domain/SavedView.ts"

/** Keeps shared views in memory, for tests. Records each change before it makes it. */
export const SavedViewsMemory = Layer.effect(
  SavedViews,
  Effect.map(ConfigAudit, (audit) => {
    const one = Semaphore.makeUnsafe(1).withPermits(1)
    const unreachable = orUnavailable((failure) => new SavedViewsUnavailable(failure))
    const views = new Map<string, SavedView>()
    const values = (view: SavedView | undefined) => (view === undefined ? null : toViewColumns(view))

    return SavedViews.of({
      list: Effect.sync(() => [...views.values()].sort((a, b) => (a.name < b.name ? -1 : 1))),
      view: (name) =>
        Effect.suspend(() => {
          const view = views.get(name)
          return view === undefined ? Effect.fail(viewNotFound()) : Effect.succeed(view)
        }),
      save: (name, { page, query }, author, most = viewLimits.views) =>
        Effect.gen(function*() {
          const before = views.get(name)
          if (before?.page === page && before.query === query) return before
          if (before === undefined && views.size >= most) return yield* viewsFull(most)
          const at = new Date(yield* Clock.currentTimeMillis).toISOString()
          const after = { name, page, query, by: author.actor, at }
          yield* audit.record(changeRecord("saved_views", name, author, values(before), values(after)))
          views.set(name, after)
          return after
        }).pipe(unreachable, one),
      remove: (name, author) =>
        Effect.gen(function*() {
          const before = views.get(name)
          if (before === undefined) return yield* viewNotFound()
          yield* audit.record(changeRecord("saved_views", name, author, values(before), null))
          views.delete(name)
        }).pipe(unreachable, one)
    })
  })
)
