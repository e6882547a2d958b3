import { Effect, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Redis } from "ioredis"
import { queueKeys } from "../../../layers/queue/keys.ts"
import { BooksView } from "../../../src/api/web-ui/Overview.ts"
import { request } from "../../../test/support/request.ts"
import { ReceivedPage } from "../../stack/MoogStandIn.ts"
import { asSuperuser } from "../../stack/PrivatePostgres.ts"
import { findToken } from "./Ledger.ts"
import type { Findings, Row } from "./reconcile.ts"
import type { Stack } from "./Stack.ts"

const keys = queueKeys("mutt:{ingest}")

/** What is looked into. */
export type Books = Pick<Stack, "urls" | "postgres" | "redis"> & { readonly keys: Omit<Stack["keys"], "operator"> }

const get = <A>(url: string, key: string, schema: Schema.Codec<A, unknown>) =>
  request(url, { headers: { "x-api-key": key } }).pipe(
    Effect.flatMap((response) => Effect.tryPromise(() => response.text())),
    Effect.flatMap(Schema.decodeUnknownEffect(Schema.fromJsonString(schema)))
  )

/** Lines that the books of earlier releases have not. */
const laterLines = { alerts: { recovered: 0 } }
const Lines = Schema.Record(Schema.String, Schema.Json)

/** The books, of this release or of the one before it. */
export const readBooks = (stack: Books) =>
  get(
    `${stack.urls["web-ui"]}/api/v1/books`,
    stack.keys.viewer,
    Schema.Struct({ balanced: Schema.Boolean, events: Lines, alerts: Lines, quarantine: Lines })
  ).pipe(
    Effect.flatMap(({ alerts, ...rest }) =>
      Schema.decodeUnknownEffect(BooksView)({ ...rest, alerts: { ...laterLines.alerts, ...alerts } })
    )
  )

/** Waits until nothing is under way any more; `false` when that takes too long. */
export const awaitDrained = (stack: Books, patienceMs: number): Effect.Effect<boolean> => {
  const look: Effect.Effect<void> = readBooks(stack).pipe(
    Effect.map(({ alerts, events }) => alerts.waiting === 0 && events.waiting === 0),
    Effect.orElseSucceed(() => false),
    Effect.flatMap((done) => done ? Effect.void : Effect.andThen(Effect.sleep("200 millis"), look))
  )
  return look.pipe(Effect.as(true), Effect.timeoutOrElse({ duration: patienceMs, orElse: () => Effect.succeed(false) }))
}

const auditRows = (stack: Books) => {
  const password = Redacted.make(decodeURIComponent(new URL(stack.postgres.adminUrl).password))
  return asSuperuser(
    { port: stack.postgres.port, password },
    stack.postgres.database,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      return yield* sql<Row>`
        SELECT coalesce(substring(raw_message FROM '#[0-9]{9}#'), 'without a token') AS token, outcome, cause,
          rules_version::int AS rules,
          EXISTS (SELECT FROM silences WHERE id::text = split_part(cause_id, '/', 1)
            AND received_at >= starts_at::timestamptz AND received_at < ends_at::timestamptz
            AND EXISTS (SELECT FROM jsonb_array_elements_text(match -> 'hosts') host
              WHERE lower(host) = lower(hostname))) AS silenced
        FROM event_audit_log`
    })
  )
}

const streamTexts = (stack: Books, key: string) =>
  Effect.promise(async () => {
    const client = new Redis(stack.redis.adminUrl)
    const entries = await client.xrange(key, "-", "+")
    client.disconnect()
    return entries.map(([, fields]) => fields.join(" "))
  })

const tokens = (texts: ReadonlyArray<string>) => texts.flatMap((text) => findToken(text) ?? [])

const isMeta = (text: string) => text.includes("\"kind\":\"meta\"") || text.includes("\\\"kind\\\":\\\"meta\\\"")

/** Looks everywhere an event may have ended. */
export const gather = (stack: Books): Effect.Effect<Findings, unknown> =>
  Effect.gen(function*() {
    const rows = yield* auditRows(stack)
    const platform = yield* get(`${stack.urls.platform}/events`, "", ReceivedPage)
    const deadAlerts = yield* streamTexts(stack, keys.alertsDead)
    const single = platform.events.filter((event) => event["type"] !== "MetaAlert")
    return {
      audit: rows,
      platform: single.map((event) => findToken(String(event["description"])) ?? "without a token"),
      platformMeta: platform.events.length - single.length,
      deadAlerts: tokens(deadAlerts.filter((text) => !isMeta(text))),
      deadMeta: deadAlerts.filter(isMeta).length,
      deadEvents: tokens(yield* streamTexts(stack, keys.dead)),
      quarantine: tokens(yield* streamTexts(stack, keys.quarantine)),
      books: yield* readBooks(stack)
    }
  })
