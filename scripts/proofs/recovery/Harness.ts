import { Clock, Effect, Redacted, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { fourPrograms } from "../../../test/support/fourPrograms.ts"
import { request } from "../../../test/support/request.ts"
import { fillRecord } from "../../bench/recordRows.ts"
import { run } from "../../stack/Command.ts"
import { repository } from "../../stack/Paths.ts"
import { asSuperuser, ownedFolder } from "../../stack/PrivatePostgres.ts"
import { serverHome } from "../../stack/ServerUser.ts"
import { clientTool, ToolMissing, tools } from "../../stack/Tools.ts"
import { awaitDrained, type Books, readBooks } from "../conservation/findings.ts"
import { findToken, type Kind, tokenOf, words } from "../conservation/Ledger.ts"
import { configure, conservationRules, impatience, storeRules } from "../conservation/setUp.ts"
import { makePair } from "../durability/Pair.ts"
import { commandsOf } from "./backupPage.ts"

/** A PostgreSQL whose own programs make a backup of it. */
const backedUp = Effect.gen(function*() {
  const { postgresVersions } = yield* tools
  const found = Object.values(postgresVersions).find(({ bin }) => existsSync(join(bin, "pg_basebackup")))
  return found ?? (yield* new ToolMissing({ tool: "pg_basebackup beside a PostgreSQL (postgresql-client-15 has it)" }))
})

let harnesses = 0

const everyMoment = Schedule.spaced("100 millis")

/** A folder that the servers' user may write to, for backups, and for what the commands need. */
const folder = Effect.acquireRelease(
  Effect.sync(() => ownedFolder(join(serverHome().folder, "run", `${process.pid}-recovery-${++harnesses}`))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** MUTT with a large record and backups, and the hands of an operator. */
export const makeHarness = Effect.fnUntraced(function*(rows: number, tell: (words: string) => Effect.Effect<void>) {
  const tool = yield* backedUp
  const psql = yield* clientTool("psql")
  const here = yield* folder
  const checkpoints = join(here, "checkpoints.jsonl")
  const quiet = { moog_rate_limit: 5_000, circuit_breaker_timeout: 1, unhandled_threshold: 1_000_000 }
  const { follow, link, primary, replica } = yield* makePair
  const stack = yield* fourPrograms<unknown>({
    redis: Effect.succeed({ server: primary, settings: {}, secrets: {} }),
    postgresVersion: tool.version,
    database: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      yield* fillRecord(rows, tell)
      // All alerts of the past were delivered.
      yield* sql`INSERT INTO alert_deliveries (alert_id, delivered_at, tries, attempts)
        SELECT event_id::text, recorded_at, 1, '[]' FROM event_audit_log WHERE outcome = 'forwarded'
        ON CONFLICT DO NOTHING`
      yield* storeRules(conservationRules)
    }),
    settings: { ...impatience, AUDIT_CHECKPOINT_FILE: checkpoints }
  })
  const { keys, moog, postgres, redis, urls } = stack
  const books: Books = { urls, keys: { ingest: keys.ingest, viewer: keys.viewer }, postgres, redis }
  const { password, username } = new URL(postgres.adminUrl)
  const admin = Redacted.make(decodeURIComponent(password))
  const sql = <A, E>(work: Effect.Effect<A, E, SqlClient.SqlClient>) =>
    asSuperuser({ port: postgres.port, password: admin }, postgres.database, work)
  const value = (text: string) =>
    sql(
      Effect.flatMap(SqlClient.SqlClient, (client) =>
        Effect.map(client.unsafe<{ readonly value: string }>(text), ([row]) => row?.value ?? ""))
    )
  const data = yield* value("SELECT setting AS value FROM pg_settings WHERE name = 'data_directory'")
  const bin = join(here, "bin")
  mkdirSync(bin)
  symlinkSync(join(repository, "scripts/mutt.sh"), join(bin, "mutt"))
  yield* configure(urls["web-ui"], keys.admin, quiet)

  /** Gives commands of docs/BACKUP.md, as whoever runs the servers or as the operator. */
  const shell = (commands: string, more: Readonly<Record<string, string>>, asServer = false) => {
    const variables = {
      PATH: [bin, tool.bin, join(psql.bin, ".."), process.env["PATH"]].join(":"),
      MUTT_URL: urls["web-ui"],
      MUTT_API_KEY: keys.admin,
      BACKUP: here,
      PGDATA: data,
      PGHOST: "127.0.0.1",
      PGPORT: String(postgres.port),
      PGUSER: username,
      PGDATABASE: postgres.database,
      PGPASSWORD: Redacted.value(admin),
      ...more
    }
    const exports = Object.entries(variables).map(([name, text]) => `export ${name}='${text}'\n`)
    return run("bash", ["-e", "-o", "pipefail", "-s"], {
      input: `${exports.join("")}${commands}`,
      user: asServer ? serverHome().user : undefined
    })
  }

  const [archive = "", baseBackup = ""] = commandsOf("What is kept, and how often")
  const [restore = ""] = commandsOf("PostgreSQL is lost")
  yield* shell(archive, {}, true)
  yield* postgres.stop
  yield* postgres.start

  let posted = 0
  /** Posts so many events of a kind, and answers their tokens once they are accepted. */
  const post = Effect.fnUntraced(function*(kind: Kind, count: number) {
    const tokens = Array.from({ length: count }, () => tokenOf(1, posted++))
    const events = tokens.map((token, index) => ({
      hostname: `device-${index % 40}`,
      message: `${words[kind]}, said unit ${token}`,
      severity: "err"
    }))
    const { ok, status } = yield* request(`${urls.ingestor}/api/v2/ingest`, {
      method: "POST",
      headers: { "x-api-key": keys.ingest, "content-type": "application/json" },
      body: JSON.stringify(events)
    })
    return ok ? tokens : yield* Effect.fail(new Error(`the events were answered ${status}`))
  })

  const until = <E>(what: string, isSo: Effect.Effect<boolean, E>) =>
    Effect.suspend(() => isSo).pipe(
      Effect.orElseSucceed(() => false),
      Effect.repeat({ until: (so) => so, schedule: everyMoment }),
      Effect.timeoutOrElse({ duration: "90 seconds", orElse: () => Effect.fail(new Error(`${what}: not in 90 s`)) })
    )
  const booksSay = (what: string, isSo: (page: Effect.Success<ReturnType<typeof readBooks>>) => boolean) =>
    until(what, Effect.map(readBooks(books), isSo))

  return {
    ...stack,
    /** It follows the Redis of the programs, over a link that can be frozen. */
    replica: { ...replica, follow: Effect.andThen(link.freeze(false), follow), freeze: link.freeze(true) },
    urls,
    tell,
    shell,
    post,
    until,
    booksSay,
    value,
    checkpoints,
    readBooks: readBooks(books),
    /** Token → event id of each row of the load. */
    rows: sql(Effect.flatMap(SqlClient.SqlClient, (client) =>
      Effect.map(
        client<
          { readonly token: string; readonly id: string }
        >`SELECT substring(raw_message FROM '#[0-9]{9}#') AS token,
          event_id::text AS id FROM event_audit_log WHERE hostname LIKE 'device-%'`,
        (found) => new Map(found.map(({ id, token }) => [token, id]))
      ))),
    /** Token → the ids under which the platform got its alert. */
    platform: Effect.map(moog.received(), ({ events }) => {
      const ids = new Map<string, Set<string>>()
      for (const event of events) {
        const token = findToken(String(event["description"])) ?? "without a token"
        ids.set(token, (ids.get(token) ?? new Set()).add(String(event["external_id"])))
      }
      return ids
    }),
    drained: Effect.flatMap(
      awaitDrained(books, 90_000),
      (done) => done ? Effect.void : Effect.fail(new Error("something is under way still after 90 s"))
    ),
    setting: (settings: Readonly<Record<string, number>>) => configure(urls["web-ui"], keys.admin, settings),
    baseBackup: shell(baseBackup, {}, true),
    /** What is left of the database goes, and it is restored to a time. */
    restore: Effect.fnUntraced(function*(T: string) {
      yield* Effect.sync(() => rmSync(data, { recursive: true }))
      yield* shell(restore, { T }, true)
      yield* postgres.start
    }),
    seconds: Effect.map(Clock.currentTimeMillis, (now) => now / 1_000)
  }
})
export type Harness = Effect.Success<ReturnType<typeof makeHarness>>
