import { Cause, Effect, Exit, Layer, Option, Schedule, Schema } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { outcomeOf } from "../postgres/commit.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import {
  type Answered,
  isSame,
  type KeptAnswer,
  type KeyedRequest,
  KeyedRequestFailed,
  KeyedRequests,
  refusedFor
} from "./KeyedRequests.ts"

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Schema.Struct({
  method: Schema.String,
  path: Schema.String,
  bodyHash: Schema.String,
  operation: Schema.String,
  underWay: Schema.Boolean,
  status: Schema.NullOr(Schema.Int),
  etag: Schema.NullOr(Schema.String),
  body: Schema.NullOr(Schema.String)
})))

/** Whoever makes a change in steps renews its lease; when that has run out, its process has died. */
const [leaseSeconds, renewal] = [15, "4 seconds"] as const

/** Keeps answers in `api_requests`. An advisory lock keeps out a second request with the same key. */
export const KeyedRequestsPostgres = Layer.effect(
  KeyedRequests,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const lease = sql.literal(`clock_timestamp() + interval '${leaseSeconds} seconds'`)
    const named = ({ caller, key }: KeyedRequest) => sql`caller = ${caller} AND idempotency_key = ${key}`

    /** Locks the key and reads what is known of the request. */
    const find = Effect.fnUntraced(function*(request: KeyedRequest) {
      const name = `mutt.request ${request.caller} ${request.key}`
      const [lock] = yield* sql<{ readonly locked: boolean }>`
        SELECT pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) AS locked`
      if (lock?.locked !== true) return yield* refusedFor("underWay")
      const [known] =
        yield* sql`SELECT method, path, body_hash AS "bodyHash", operation::text, status, etag, answer AS body,
          coalesce(under_way_until > clock_timestamp(), false) AS "underWay"
        FROM api_requests WHERE ${named(request)}`.pipe(
          Effect.flatMap(decodeRows),
          Effect.catchTag("SchemaError", Effect.die)
        )
      if (known === undefined) return undefined
      if (!isSame({ ...request, ...known }, request)) return yield* refusedFor("keyReused")
      const { body, etag, status } = known
      return { ...known, answer: status === null || body === null ? undefined : { status, etag, body } }
    })

    const insert = (request: KeyedRequest, rest: { readonly [column: string]: string | number | null }) =>
      sql<{ readonly operation: string }>`INSERT INTO api_requests ${
        sql.insert({
          caller: request.caller,
          idempotency_key: request.key,
          method: request.method,
          path: request.path,
          body_hash: request.bodyHash,
          ...rest
        })
      } RETURNING operation::text`

    const columns = ({ body, etag, status }: KeptAnswer) => ({ status, etag, answer: body })

    const whole = <E, R>(request: KeyedRequest, change: Effect.Effect<KeptAnswer, E, R>) =>
      Effect.gen(function*() {
        const known = yield* find(request)
        if (known?.answer !== undefined) return { answer: known.answer, replayed: true } satisfies Answered
        const answer = yield* change
        yield* insert(request, columns(answer))
        return { answer, replayed: false } satisfies Answered
      }).pipe(sql.withTransaction, Effect.mapError(translated<E | KeyedRequestFailed>))

    /** Begins a request or goes on with one whose end is unknown. */
    const claim = Effect.fnUntraced(function*(request: KeyedRequest) {
      const known = yield* find(request)
      if (known?.answer !== undefined) return { answer: known.answer }
      if (known?.underWay === true) return yield* refusedFor("underWay")
      const rows = known === undefined
        ? yield* insert(request, {})
        : [{ operation: known.operation }]
      yield* sql`UPDATE api_requests SET under_way_until = ${lease} WHERE ${named(request)}`
      return { operation: rows[0]?.operation ?? "", isNew: known === undefined }
    }, sql.withTransaction)

    const renew = (request: KeyedRequest) =>
      sql`UPDATE api_requests SET under_way_until = ${lease} WHERE ${named(request)} AND status IS NULL`.pipe(
        droppedAt("idempotency.renew", "A request under way could not say so."),
        Effect.schedule(Schedule.spaced(renewal))
      )

    const keep = (request: KeyedRequest, answer: KeptAnswer) =>
      sql`UPDATE api_requests SET ${sql.update(columns(answer))}, under_way_until = NULL WHERE ${named(request)}`
    const release = (request: KeyedRequest) =>
      sql`UPDATE api_requests SET under_way_until = NULL WHERE ${named(request)}`
    const forget = (request: KeyedRequest) => sql`DELETE FROM api_requests WHERE ${named(request)} AND status IS NULL`

    const inSteps = <E, R>(
      request: KeyedRequest,
      change: (operation: string) => Effect.Effect<KeptAnswer, E, R>,
      isCertain: (error: E) => boolean
    ) =>
      Effect.gen(function*() {
        const claimed = yield* Effect.mapError(claim(request), notBegun)
        if ("answer" in claimed) return { answer: claimed.answer, replayed: true } satisfies Answered
        const end = (exit: Exit.Exit<KeptAnswer, E>) => {
          if (Exit.isSuccess(exit)) return keep(request, exit.value)
          const certain = claimed.isNew && Option.exists(Cause.findErrorOption(exit.cause), isCertain)
          return certain ? forget(request) : release(request)
        }
        const answer = yield* change(claimed.operation).pipe(
          Effect.onExit((exit) =>
            end(exit).pipe(droppedAt("idempotency.end", "The end of a request could not be kept."), Effect.asVoid)
          ),
          Effect.raceFirst(Effect.andThen(renew(request), Effect.never))
        )
        return { answer, replayed: false } satisfies Answered
      })

    return KeyedRequests.of({
      whole,
      inSteps,
      amend: (request, answer) => Effect.mapError(Effect.asVoid(keep(request, answer)), (error) => unavailable(error))
    })
  })
)

const unavailable = (error: SqlError.SqlError, outcome = outcomeOf(error)) =>
  new KeyedRequestFailed({ reason: "unavailable", detail: error.reason._tag, outcome })

const translated = <E>(error: E | SqlError.SqlError): E | KeyedRequestFailed =>
  error instanceof SqlError.SqlError ? unavailable(error) : error

/** Whatever became of the transaction that begins a request, nothing was changed yet. */
const notBegun = <E>(error: E | SqlError.SqlError): E | KeyedRequestFailed =>
  error instanceof SqlError.SqlError ? unavailable(error, "unchanged") : error
