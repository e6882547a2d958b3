// The least that can do the alerter's input and output without looking at a rule: reads a stream in batches of 1,000,
// three batches at once, inserts one row an event in one statement a batch, and in one transaction acknowledges the
// batch and hands a share of it over.
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { Redis } from "ioredis"

const [redisUrl = "", postgresUrl = "", stream = "", share = "0.1"] = process.argv.slice(2)
const group = "bare"
const every = Math.max(1, Math.round(1 / Number(share)))

interface Entry {
  readonly id: string
  readonly payload: string
}

interface BareEvent {
  readonly id: string
  readonly correlationId: string
  readonly hostname: string
  readonly timestamp: string
  readonly receivedAt: string
  readonly severity?: number
}

const insertStatement =
  `INSERT INTO event_audit_log (event_id, event_timestamp, received_at, hostname, correlation_id, outcome,
    severity, environment, team_assignment, forwarded_to_moog, reason, raw_message)
  SELECT id, at, received, host, correlation, outcome, severity, 'prod', 'NETO', outcome = 'forwarded', 'no rules were asked', raw
  FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[])
    AS t(id, at, received, host, correlation, outcome, severity, raw)
  ON CONFLICT DO NOTHING`

const entriesOf = (reply: unknown): ReadonlyArray<Entry> => {
  const streams = reply as
    | ReadonlyArray<readonly [string, ReadonlyArray<readonly [string, ReadonlyArray<string>]>]>
    | null
  return (streams?.[0]?.[1] ?? []).map(([id, fields]) => ({ id, payload: fields[1] ?? "" }))
}

const main = Effect.gen(function*() {
  const pg = yield* PgClient.PgClient
  const redis = new Redis(redisUrl)
  yield* Effect.promise(() => redis.xgroup("CREATE", stream, group, "0", "MKSTREAM"))

  const worker = (name: string) =>
    Effect.gen(function*() {
      const own = new Redis(redisUrl)
      for (;;) {
        const reply = yield* Effect.promise(() =>
          own.xreadgroup("GROUP", group, name, "COUNT", 1_000, "BLOCK", 1_000, "STREAMS", stream, ">")
        )
        const entries = entriesOf(reply)
        if (entries.length === 0) continue
        const events = entries.map(({ payload }): BareEvent => JSON.parse(payload))
        const forwarded = entries.map((_, index) => index % every === 0)
        yield* pg.unsafe(insertStatement, [
          events.map(({ id }) => id),
          events.map(({ timestamp }) => timestamp),
          events.map(({ receivedAt }) => receivedAt),
          events.map(({ hostname }) => hostname),
          events.map(({ correlationId }) => correlationId),
          forwarded.map((is) => is ? "forwarded" : "unmatched"),
          events.map(({ severity }) => severity ?? null),
          entries.map(({ payload }) => payload)
        ])
        const ids = entries.map(({ id }) => id)
        const transaction = redis.multi().xack(stream, group, ...ids).xdel(stream, ...ids)
        entries.forEach(({ payload }, index) => {
          if (forwarded[index] === true) transaction.xadd(`${stream}:alerts`, "*", "alert", payload)
        })
        yield* Effect.promise(() => transaction.exec())
      }
    })

  process.stdout.write(`${JSON.stringify({ ready: true })}\n`)
  yield* Effect.all([worker("a"), worker("b"), worker("c")], { concurrency: 3 })
}).pipe(Effect.provide(PgClient.layer({ url: Redacted.make(postgresUrl), maxConnections: 3, ssl: false })))

Effect.runPromise(main).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exit(1)
})
