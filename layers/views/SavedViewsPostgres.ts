import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import type { ChangeAuthor } from "../../src/domain/Change.ts"
import {
  SavedView,
  toViewColumns,
  type ViewContent,
  viewLimits,
  viewNotFound,
  viewsFull
} from "../../src/domain/SavedView.ts"
import { changeRecord } from "../audit/changeRecord.ts"
import { ConfigAudit } from "../audit/ConfigAudit.ts"
import { orUnavailable } from "../audit/orUnavailable.ts"
import { IsoTime } from "../postgres/isoTime.ts"
import { SavedViews, SavedViewsUnavailable } from "./SavedViews.ts"

const unreachable = orUnavailable((failure) => new SavedViewsUnavailable(failure))

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({ ...SavedView.fields, at: IsoTime })))
const decoded = (rows: unknown) => Effect.orDie(decodeRows(rows))

/** Keeps shared views in PostgreSQL; a change and its audit record are one transaction. */
export const SavedViewsPostgres = Layer.effect(
  SavedViews,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const audit = yield* ConfigAudit
    const columns = sql.literal("name, page, query, saved_by AS by, saved_at AS at")

    const find = (name: string) =>
      sql`SELECT ${columns} FROM saved_views WHERE name = ${name}`.pipe(
        Effect.flatMap(decoded),
        Effect.map(([view]) => view)
      )
    /** Waits for whoever else changes views, so that they are counted one after the other. */
    const lock = sql`SELECT pg_advisory_xact_lock(hashtext(${"mutt.saved_views"}))`

    const record = (
      author: ChangeAuthor,
      name: string,
      before: SavedView | undefined,
      after: SavedView | undefined
    ) => {
      const values = (view: SavedView | undefined) => (view === undefined ? null : toViewColumns(view))
      return audit.record(changeRecord("saved_views", name, author, values(before), values(after)))
    }

    const save = (name: string, { page, query }: ViewContent, author: ChangeAuthor, most: number) =>
      Effect.gen(function*() {
        yield* lock
        const before = yield* find(name)
        if (before?.page === page && before.query === query) return before
        const [row] = before === undefined
          ? yield* Effect.flatMap(
            sql`INSERT INTO saved_views (name, page, query, saved_by)
              SELECT ${name}, ${page}, ${query}, ${author.actor}
              WHERE (SELECT count(*) FROM saved_views) < ${most} RETURNING ${columns}`,
            decoded
          )
          : yield* Effect.flatMap(
            sql`UPDATE saved_views SET page = ${page}, query = ${query}, saved_by = ${author.actor}, saved_at = now()
              WHERE name = ${name} RETURNING ${columns}`,
            decoded
          )
        if (row === undefined) return yield* viewsFull(most)
        yield* record(author, name, before, row)
        return row
      }).pipe(sql.withTransaction)

    const remove = (name: string, author: ChangeAuthor) =>
      Effect.gen(function*() {
        yield* lock
        const before = yield* find(name)
        if (before === undefined) return yield* viewNotFound()
        yield* sql`DELETE FROM saved_views WHERE name = ${name}`
        yield* record(author, name, before, undefined)
      }).pipe(sql.withTransaction)

    return SavedViews.of({
      list: sql`SELECT ${columns} FROM saved_views ORDER BY name COLLATE "C"`.pipe(
        Effect.flatMap(decoded),
        unreachable
      ),
      view: (name) =>
        find(name).pipe(
          Effect.flatMap((view) => (view === undefined ? Effect.fail(viewNotFound()) : Effect.succeed(view))),
          unreachable
        ),
      save: (name, content, author, most = viewLimits.views) => unreachable(save(name, content, author, most)),
      remove: (name, author) => unreachable(remove(name, author))
    })
  })
)
