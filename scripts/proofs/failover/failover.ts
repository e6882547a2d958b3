import { Clock, Effect, Fiber, Option, Random } from "effect"
import { SqlClient } from "effect/sql"
import { eventually } from "../../../test/support/eventually.ts"
import { fourPrograms } from "../../../test/support/fourPrograms.ts"
import { onServer, postgresPair } from "../../../test/support/postgresPair.ts"
import type { PostgresServer } from "../../../test/support/servers.ts"
import { readBooks } from "../../stack/Books.ts"
import { makeLoad } from "../durability/load.ts"
import { percentile, type Proof } from "../Proof.ts"

/** What becomes of the primary. */
export const arrangements = {
  killed: "the primary dies while its standby lags, and that is promoted",
  "cut-off": "the primary lives on where MUTT is, its standby is promoted, and it is ended seconds later"
} as const
export type Arrangement = keyof typeof arrangements

/** Commits that wait for the standby are to be shown as safe, and others as not. */
export type Kind = "safe" | "control"

const settings = {
  safe: { synchronous_standby_names: "ANY 1 (*)", synchronous_commit: "on" },
  control: { synchronous_standby_names: "ANY 1 (*)", synchronous_commit: "local" }
} as const

/** How long MUTT may take until it writes to the one that was promoted. */
const writesWithinMs = 5_000
const patience = "90 seconds"

const aWhile = Effect.flatMap(Random.nextIntBetween(700, 1_300), (ms) => Effect.sleep(ms))

/** The tokens of the events that a server has rows of, with how many each has. */
const tokensIn = (server: PostgresServer) =>
  onServer(
    server,
    Effect.flatMap(SqlClient.SqlClient, (sql) =>
      sql<{ token: string; rows: number }>`SELECT substring(raw_message FROM 'token-\\d+-end') AS token,
        count(*)::int AS rows FROM event_audit_log GROUP BY 1`)
  ).pipe(Effect.map((rows) =>
    new Map(rows.map(({ rows, token }) => [token, rows]))
  ))

/** Waits until a server gets rows that it did not have. */
const writesAgain = (server: PostgresServer) =>
  onServer(
    server,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const count = Effect.map(
        sql<{ rows: number }>`SELECT count(*)::int AS rows FROM event_audit_log`,
        ([row]) => row?.rows ?? 0
      )
      const before = yield* count
      yield* eventually(Effect.filterOrFail(count, (now) => now > before, () => "not yet"))
    })
  )

const failover = (arrangement: Arrangement, kind: Kind) =>
  Effect.gen(function*() {
    const { freeze, primary, promote, standby } = yield* postgresPair({ settings: settings[kind] })
    const { keys, programs } = yield* fourPrograms({ postgres: { server: primary, others: [standby] } })
    const { acknowledged, send } = makeLoad({ key: keys.ingest, url: programs.ingestor.url })
    const load = yield* Effect.forkChild(send)
    yield* aWhile
    yield* freeze(true)
    yield* aWhile
    if (arrangement === "killed") yield* primary.kill
    yield* promote
    const promoted = yield* Clock.currentTimeMillis
    const problems: Array<string> = []
    // A control that does not wait writes to the old one until that is ended.
    if (arrangement === "cut-off") {
      if (kind === "control") yield* aWhile.pipe(Effect.andThen(aWhile), Effect.andThen(primary.kill))
    }
    const ended = yield* Clock.currentTimeMillis
    if (Option.isNone(yield* Effect.timeoutOption(writesAgain(standby), patience))) {
      problems.push("nothing was written to the one that took over")
    }
    const writesMs = (yield* Clock.currentTimeMillis) - (kind === "control" ? ended : promoted)
    yield* aWhile
    yield* Fiber.interrupt(load)
    const settled = readBooks(programs["web-ui"].url, keys.viewer).pipe(
      Effect.filterOrFail(({ events }) => events.waiting === 0, () => "not yet"),
      eventually,
      Effect.timeoutOption(patience)
    )
    const books = yield* settled
    if (Option.isNone(books)) problems.push("events wait for ever")
    else if (!books.value.balanced) problems.push("the books do not balance")
    const rows = yield* tokensIn(standby)
    const lost = [...acknowledged].filter((token) => !rows.has(token)).length
    const twice = [...rows.values()].filter((count) => count > 1).length
    if (twice > 0) problems.push(`${twice} events have two rows`)
    if (kind === "safe" && lost > 0) problems.push(`${lost} settled events have no row`)
    if (kind === "safe" && writesMs > writesWithinMs) problems.push(`written again after ${writesMs} ms only`)
    if (kind === "control" && lost === 0) problems.push("nothing was lost, so it proves nothing")
    return { accepted: acknowledged.size, lost, twice, writesMs, problems }
  }).pipe(Effect.scoped)

/** Rounds of one kind: `safe` loses no row, and `control` some in each, or the proof would prove nothing. */
export const failovers = Effect.fnUntraced(function*(
  arrangement: Arrangement,
  kind: Kind,
  rounds: number,
  seed: number,
  progress: (words: string) => Effect.Effect<void>
) {
  const problems: Array<string> = []
  const writes: Array<number> = []
  let [accepted, lost, twice, lossless] = [0, 0, 0, 0]
  for (let round = 0; round < rounds; round++) {
    const one = yield* Random.withSeed(failover(arrangement, kind), seed + round)
    accepted += one.accepted
    lost += one.lost
    twice += one.twice
    if (one.lost === 0) lossless++
    writes.push(one.writesMs)
    problems.push(...one.problems.map((problem) => `seed ${seed + round}: ${problem}`))
    yield* progress(
      `${arrangement}, ${kind}, round ${round + 1} of ${rounds}: ${one.accepted} events, ${one.lost} without a row, ` +
        `written again after ${one.writesMs} ms`
    )
  }
  const { synchronous_commit: commit } = settings[kind]
  const proof: Proof = {
    what: `${arrangement}: ${arrangements[arrangement]}; synchronous_commit=${commit} loses ${
      kind === "safe" ? "no row" : "some (the control)"
    }`,
    figures: {
      rounds,
      "rounds in which every settled event has its row": lossless,
      "events settled": accepted,
      "of these without a row": lost,
      "events with two rows": twice,
      "from promotion to the next row, median ms": percentile(writes, 0.5),
      "from promotion to the next row, ms at most": Math.max(...writes)
    },
    problems
  }
  return proof
})
