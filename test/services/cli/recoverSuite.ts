import { assert, type Vitest } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { SqlClient } from "effect/sql"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { encodeAlert } from "../../../layers/queue/encodeAlert.ts"
import { queueRedis } from "../../../layers/queue/QueueLayer.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { audit } from "../../../services/cli/audit.ts"
import { books } from "../../../services/cli/books.ts"
import { recover } from "../../../services/cli/recover.ts"
import { decodeEvent } from "../../../src/decode/decodeEvent.ts"
import { eventAlert } from "../../../src/logic/eventAlert.ts"
import { forwarded, uuid } from "../../layers/audit/eventAuditSuite.ts"
import { postgresAdmin } from "../../layers/connections.ts"
import { dead, queueDriver } from "../../layers/queue/queueDriver.ts"
import { SettingsWorld } from "../web-ui/settingsHarness.ts"
import { runMutt } from "./runMutt.ts"

const root = Command.make("mutt").pipe(Command.withSubcommands([audit, books, recover]))
const mutt = runMutt(root, "admin-key-of-tests")
const json = (args: ReadonlyArray<string>) => Effect.map(mutt([...args, "--json"]), (text) => JSON.parse(text))

const now = new Date().toISOString()
const eventOf = (number: number) => ({
  id: uuid(number),
  correlationId: `c-${number}`,
  source: "syslog" as const,
  sender: "syslog/udp",
  receivedAt: now,
  timestamp: now,
  hostname: `sw${number}`,
  message: `port ${number} down`
})
const alertOf = (number: number) => encodeAlert(eventAlert(eventOf(number), forwarded, "Page_only", now))

/** What is done to the servers past the programs. */
const servers = Effect.gen(function*() {
  const { admin, postgres } = yield* SettingsWorld
  const sql = yield* postgresAdmin(postgres)
  const context = yield* Layer.build(
    Layer.mergeAll(
      queueRedis("mutt:{ingest}").pipe(Layer.provide(Layer.succeed(Redis, admin))),
      EventAuditPostgres.pipe(Layer.provide(Layer.succeed(SqlClient.SqlClient, sql)))
    )
  )
  const driver = yield* Effect.provide(queueDriver, context)
  const { record } = yield* Effect.provide(EventAudit, context)
  const rows = (numbers: ReadonlyArray<number>) =>
    record(
      numbers.map((number) => ({
        event: eventOf(number),
        raw: JSON.stringify(eventOf(number)),
        decision: { ...forwarded, reason: "as it was" }
      }))
    )
  return { ...driver, sql, rows }
})

/** What brings back what a lost server knew, in a world that has no audit and no alerts yet. */
export const recoverSuite = (it: Vitest.MethodsNonLive<SettingsWorld>) => {
  it.effect("recover record: writes the rows of alerts that the record lost, once, and leaves the others", () =>
    Effect.gen(function*() {
      const { accept, claimed, finish, handOver, rows, sql } = yield* servers
      yield* handOver([1, 2, 3, 4].map(alertOf))
      for (const one of yield* claimed({ max: 1 })) yield* finish(one, dead)
      const meta = { ...JSON.parse(alertOf(5).payload), kind: "meta" }
      yield* handOver([{ ...alertOf(5), payload: JSON.stringify(meta) }])
      yield* accept(["one that waits"])
      yield* rows([2])

      const would = { written: 3, there: 1, meta: 1, unreadable: 0, events_waiting: 1 }
      assert.deepStrictEqual(yield* json(["recover", "record", "--dry-run", "--reason", "to see"]), would)
      assert.lengthOf(yield* sql`SELECT 1 FROM event_audit_log`, 1)
      for (const nowhere of ["dead:x", "somewhere:1"]) {
        const refused = yield* Effect.flip(mutt(["recover", "record", "-r", "x", "--resume", nowhere]))
        assert.include(String(refused.message), "Is no place")
      }
      const said = yield* mutt(["recover", "record", "--reason", "the disk failed"])
      assert.include(said, "3 rows written, 1 were there.\n1 meta-alerts have no row of their own.")
      assert.include(said, "1 events wait; alerters write their rows.")
      assert.deepInclude(yield* json(["recover", "record", "-r", "again"]), { written: 0, there: 4 })

      const found = yield* sql<{ id: string; reason: string; raw: string; team: string }>`SELECT event_id::text AS id,
        reason, raw_message AS raw, team_assignment AS team FROM event_audit_log ORDER BY event_id`
      assert.deepStrictEqual(found.map(({ id }) => id), [1, 2, 3, 4].map(uuid))
      assert.strictEqual(found[1]?.reason, "as it was")
      assert.deepInclude(found[0], {
        team: "NetOps",
        reason: "Rule 7 forwarded it; its row was lost with the database and is written anew from its alert."
      })
      assert.deepInclude(decodeEvent(found[0]?.raw ?? ""), {
        hostname: "sw1",
        message: "port 1 down",
        sender: "recovered"
      })
      const logs = yield* json(["audit", "list", "--limit", "2"])
      assert.deepInclude(logs.logs[0], { table_name: "event_audit_log", record_id: "recovery", reason: "again" })
    }))

  it.effect("recover alerts: hands over what an empty Redis lost, and books reset begins a page that balances", () =>
    Effect.gen(function*() {
      const { admin } = yield* SettingsWorld
      const { books: page, claimed, rows, sql } = yield* servers
      yield* rows([10, 11, 12])
      yield* sql`INSERT INTO alert_deliveries (alert_id, delivered_at, tries, attempts) VALUES (${
        uuid(11)
      }, now(), 1, '[]')`
      yield* admin.command("FLUSHALL")
      const all = ["recover", "alerts", "--from", "1h", "--reason", "lost"]
      const counted = yield* mutt([...all, "--dry-run"])
      assert.include(counted, "6 alerts would be handed over again.")
      assert.deepInclude(yield* json(all), { found: 6, handed_over: 6, known: 0, unreadable: 0, waiting: 6 })
      assert.deepInclude(yield* json([...all, "--delivered"]), { found: 7, handed_over: 1, known: 6, waiting: 7 })
      assert.deepInclude(yield* page.page, { forwarded: 0, recovered: 7, alertsWaiting: 7 })
      assert.include(String((yield* Effect.flip(mutt([...all, "--resume", "nowhere"]))).message), "Is no place")

      // Somebody broke the books.
      yield* admin.command("HSET", "mutt:{ingest}:books", "forwarded", 100)
      const { after, before } = yield* json(["books", "reset", "--reason", "Redis was lost"])
      assert.deepInclude(before, { balanced: false })
      assert.deepInclude(after, { balanced: true })
      assert.deepInclude(after.alerts, { from_events: 0, recovered: 7, waiting: 7, difference: 0 })
      const { logs } = yield* json(["audit", "list", "--limit", "1"])
      assert.deepInclude(logs[0], { table_name: "books", record_id: "page", reason: "Redis was lost" })
      assert.deepInclude(logs[0].new_values.before, { forwarded: 100, recovered: 7 })
      assert.lengthOf(yield* claimed(), 7)
    }))

  it.effect("audit restored: adds nothing to a chain that lacks nothing, and refuses another fault", () =>
    Effect.gen(function*() {
      const { sql } = yield* servers
      const restored = ["audit", "restored", "--reason", "the disk failed"]
      assert.include(yield* mutt(restored), "The chain lacks nothing; nothing was added.")
      yield* sql`ALTER TABLE config_audit_log DISABLE TRIGGER ALL`
      yield* sql`UPDATE config_audit_log SET reason = 'x' WHERE id = 1`
      const { message } = yield* Effect.flip(mutt(restored))
      assert.include(String(message), "The chain has another fault than a restore leaves. Link 1 was changed")
    }))
}
