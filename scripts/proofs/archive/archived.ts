import * as NodeServices from "@effect/platform-node/NodeServices"
import { Clock, Effect, Layer, Random, Ref, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ArchiveStore } from "../../../layers/archive/ArchiveStore.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { ensurePartitions } from "../../../layers/postgres/partitions.ts"
import { enforceRetention } from "../../../layers/postgres/retention.ts"
import { manifestsIn, objectFault, readManifest } from "../../../services/cli/archiveFiles.ts"
import { migrated } from "../../../test/support/migrated.ts"
import { pgClient } from "../../../test/support/pgClient.ts"
import { s3StandIn } from "../../../test/support/s3StandIn.ts"
import { type PostgresServer, postgresServer } from "../../../test/support/servers.ts"
import { percentile, type Proof } from "../Proof.ts"
import { fillDays } from "./fill.ts"
import { stores } from "./stores.ts"
import { writing, type Written } from "./writing.ts"

export interface Size {
  readonly days: number
  readonly rowsADay: number
  readonly perSecond: number
  readonly kills: number
  readonly store: "folder" | "s3"
}

/** Where the days are archived. */
interface Place {
  /** As `event_archive` has it. */
  readonly store: string
  /** Of the stand-in for a store of buckets. */
  readonly endpoint?: string
}

const keepDays = 30
const mostStatementMs = 2_000
const mostBytesARow = 125
const hourMs = 3_600_000

const asOwner = <A, E>(server: PostgresServer, work: Effect.Effect<A, E, SqlClient.SqlClient>) =>
  Effect.provide(work, pgClient({ ...server, ...server.owner }, 2), { local: true })

/** Runs the archiver as a process; `killAfterMs` ends it in the middle. Says whether it came to its end. */
const archiver = (server: PostgresServer, place: Place, instance: string, killAfterMs?: number) =>
  Effect.callback<boolean>((resume) => {
    const { database, host, password, port, user } = server
    const told = { server: { host, port, database, user, password }, ...place, instance, keepDays }
    const child = spawn(process.execPath, [join(import.meta.dirname, "archiver.ts")], {
      env: { ...process.env, ARCHIVER: JSON.stringify(told) },
      stdio: ["ignore", "inherit", "inherit"]
    })
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs)
    child.on("exit", (code) => {
      clearTimeout(timer)
      resume(Effect.succeed(code === 0))
    })
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

const laterAgain = Schedule.spaced("3 seconds").pipe(Schedule.upTo({ times: 20 }))

/** Takes days ahead away and has them made again, as each night does, until it is interrupted. */
const daysAhead = (server: PostgresServer, made: Ref.Ref<number>) =>
  Effect.gen(function*() {
    const owner = yield* SqlClient.SqlClient
    while (true) {
      yield* owner`DO $$
        DECLARE ahead record;
        BEGIN
          SET LOCAL lock_timeout = '1s';
          PERFORM pg_advisory_xact_lock(hashtext('mutt.event_partitions'));
          FOR ahead IN SELECT name FROM event_partitions() WHERE starts > now() + interval '1 day' LOOP
            EXECUTE format('DROP TABLE %I', ahead.name);
          END LOOP;
        END $$`.pipe(Effect.retry(laterAgain))
      const count = yield* ensurePartitions(owner).pipe(Effect.retry(laterAgain))
      yield* Ref.update(made, (before) => before + count)
      yield* Effect.sleep("5 seconds")
    }
  }).pipe((work) => asOwner(server, work))

const folder = Effect.acquireRelease(
  Effect.sync((): Place => ({ store: `file://${mkdtempSync(join(tmpdir(), "mutt-archive-"))}` })),
  ({ store }) => Effect.sync(() => rmSync(store.slice("file://".length), { recursive: true, force: true }))
)

const bucket = Effect.map(s3StandIn(), ({ url }): Place => ({ store: "s3://events/mutt", endpoint: url }))

/** Days are archived and dropped, and made, while others are written. */
export const archived = (size: Size, progress: (words: string) => void) =>
  Effect.gen(function*() {
    const server = yield* postgresServer({})
    yield* migrated(server)
    const place = yield* size.store === "s3" ? bucket : folder
    const { store } = place
    progress(`filling ${size.days} days with ${size.rowsADay} events each`)
    const begunMs = yield* Clock.currentTimeMillis
    const firstAgo = keepDays + size.days + 1
    yield* asOwner(
      server,
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* fillDays(size.days, size.rowsADay, firstAgo)
        yield* sql`INSERT INTO config_settings (key, value) VALUES ('event_archive', to_jsonb(${store}::text))`
      })
    )
    const problems: Array<string> = []
    const written = yield* Ref.make<Written>({ rows: 0, statements: [] })
    const made = yield* Ref.make(0)
    const lateAt = new Date(begunMs - (firstAgo - 1) * 24 * hourMs).toISOString()
    progress("writing")
    yield* Effect.forkScoped(
      writing(written, size.perSecond, lateAt).pipe(
        Effect.provide(EventAuditPostgres.pipe(Layer.provide(pgClient(server, 2))), { local: true })
      )
    )
    yield* Effect.forkScoped(daysAhead(server, made))
    yield* Effect.sleep("2 seconds")
    const writingSince = yield* Clock.currentTimeMillis
    const retired = enforceRetention(keepDays).pipe(
      Effect.retry(laterAgain),
      Effect.provide(pgClient(server, 2), { local: true })
    )

    let killed = 0
    for (let kill = 0; kill < size.kills; kill++) {
      const ended = yield* archiver(server, place, "dying", yield* Random.nextIntBetween(700, 4_000))
      if (!ended) killed += 1
    }
    const before = yield* retired
    const noted = yield* asOwner(
      server,
      Effect.flatMap(SqlClient.SqlClient, (sql) =>
        sql<{ n: number }>`SELECT count(DISTINCT day)::int AS n FROM event_archives`)
    )
    if (before.partitions.length > (noted[0]?.n ?? 0)) {
      problems.push("a day was dropped that is not archived")
    }
    progress(`killed ${killed} times in the middle`)

    const archiveBegun = yield* Clock.currentTimeMillis
    if (!(yield* archiver(server, place, "dying"))) {
      problems.push("the archive did not come to its end")
    }
    const archiveMs = (yield* Clock.currentTimeMillis) - archiveBegun
    const dropBegun = yield* Clock.currentTimeMillis
    const after = yield* retired
    const dropMs = (yield* Clock.currentTimeMillis) - dropBegun
    // The days with late ones of the last hour are still there, so that nothing of them is lost.
    const left = yield* asOwner(
      server,
      Effect.flatMap(SqlClient.SqlClient, (sql) =>
        sql<{ rows: number }>`SELECT count(*)::int AS rows FROM event_audit_log
          WHERE event_timestamp < now() - make_interval(days => ${keepDays}::int)`)
    )
    const seconds = ((yield* Clock.currentTimeMillis) - writingSince) / 1_000
    const { rows: rowsWritten, statements } = yield* Ref.get(written)

    const archive = yield* ArchiveStore.use(({ open }) =>
      open(store)
    ).pipe(
      Effect.provide(yield* Layer.build(stores(place.endpoint)))
    )
    const manifests = yield* Effect.forEach(yield* manifestsIn(archive), (name) => readManifest(archive, name))
    for (const manifest of manifests) {
      const fault = yield* objectFault(archive, manifest)
      if (fault !== undefined) problems.push(fault)
    }
    const rows = manifests.reduce((sum, one) => sum + one.rows, 0)
    const bytes = manifests.reduce((sum, one) => sum + one.bytes, 0)
    const ofLastRun = manifests.filter(({ written_at }) => Date.parse(written_at) >= archiveBegun)
      .reduce((sum, one) => sum + one.rows, 0)
    const filled = size.days * size.rowsADay
    if (rows < filled) problems.push(`${filled - rows} events are not in the archive`)
    const dropped = before.partitions.length + after.partitions.length
    if (dropped < size.days - 1) problems.push(`only ${dropped} of ${size.days} days were dropped`)
    const longest = Math.max(...statements)
    if (longest > mostStatementMs) problems.push(`a statement of the writer took ${longest} ms`)
    if (bytes / rows > mostBytesARow) problems.push(`an event takes ${Math.round(bytes / rows)} bytes`)
    const proof: Proof = {
      what: "days are archived, dropped and made while others are written",
      figures: {
        "days archived": manifests.length,
        "events archived": rows,
        "bytes an event": Math.round(bytes / rows),
        "events archived a second, of the last run": Math.round(ofLastRun / (archiveMs / 1_000)),
        "killed in the middle": killed,
        "days dropped": dropped,
        "ms to drop those of the last run": dropMs,
        "events left of the day with late ones": left[0]?.rows ?? 0,
        "days made": yield* Ref.get(made),
        "rows written meanwhile, a second": Math.round(rowsWritten / seconds),
        "ms of a statement of 1,000 rows, median": percentile(statements, 0.5),
        "ms, 99 of 100": percentile(statements, 0.99),
        "ms, the longest": longest
      },
      problems
    }
    return proof
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))
