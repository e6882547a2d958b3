import { Effect } from "effect"
import type { Proof } from "../Proof.ts"
import { commandsOf } from "./backupPage.ts"
import { checked, lacks } from "./checks.ts"
import type { Harness } from "./Harness.ts"

/** A moment in the life of the database, by its clock, with WAL before and after it. */
export const moment = ({ value }: Harness) => value("SELECT clock_timestamp()::text AS value")

/** WAL up to now is in the archive. */
export const archived = ({ until, value }: Harness) =>
  Effect.gen(function*() {
    const file = yield* value("SELECT pg_walfile_name(pg_switch_wal()) AS value")
    yield* until(
      "the archive has the newest WAL",
      Effect.map(value("SELECT coalesce(last_archived_wal, '') AS value FROM pg_stat_archiver"), (last) => last >= file)
    )
  })

/** The web UI makes a checkpoint when it starts. */
export const checkpoint = ({ programs }: Harness) => Effect.andThen(programs["web-ui"].stop, programs["web-ui"].start)

/** PostgreSQL goes with its disk, while alerts wait and events are in the stream. */
export const losePostgres = Effect.fnUntraced(function*(harness: Harness): Effect.fn.Return<Proof, unknown> {
  const { moog, post, postgres, programs, setting, shell, tell } = harness
  yield* tell("PostgreSQL: base backup, and a life before and after T")
  yield* moog.forget
  yield* harness.baseBackup
  const before = yield* post("forwarded", 300)
  yield* post("suppressed", 100)
  yield* harness.drained
  yield* setting({ moog_max_retries: 7 })
  yield* checkpoint(harness)
  const T = yield* moment(harness)

  const delivered = yield* post("forwarded", 200)
  yield* harness.drained
  yield* setting({ moog_max_retries: 9 })
  yield* checkpoint(harness)
  yield* moog.behave({ refuseContaining: "unwanted" })
  const refused = yield* post("refused", 20)
  yield* harness.booksSay("20 alerts are dead", ({ alerts }) => alerts.dead === 20)
  yield* moog.behave({ status: 503 })
  const waiting = yield* post("forwarded", 400)
  yield* harness.booksSay("400 alerts wait", ({ alerts, events }) => alerts.waiting === 400 && events.waiting === 0)
  yield* programs.alerter.stop
  const streamed = yield* post("forwarded", 150)
  yield* archived(harness)

  yield* tell("PostgreSQL: its disk is gone; restore to T")
  yield* postgres.kill
  const lostAt = yield* harness.seconds
  const meanwhile = yield* post("forwarded", 50)
  yield* harness.restore(T)
  const restoredAfter = (yield* harness.seconds) - lostAt
  const [, commands = ""] = commandsOf("PostgreSQL is lost")
  const said = yield* shell(commands, { T })
  yield* programs.alerter.start
  const seconds = (yield* harness.seconds) - lostAt

  yield* moog.behave({})
  const after = yield* post("forwarded", 50)
  yield* harness.drained
  const { figures, problems } = yield* checked(harness, {
    promised: [...before, ...delivered, ...waiting, ...streamed, ...meanwhile, ...after],
    lost: [],
    seconds
  })
  const rows = yield* harness.rows
  const without = (tokens: ReadonlyArray<string>) => tokens.filter((token) => !rows.has(token)).length
  const held = yield* harness.value("SELECT value::text FROM config_settings WHERE key = 'moog_max_retries'")
  const verified = yield* shell("mutt audit verify\n", {})
  return {
    what: "PostgreSQL lost, restored to T; Redis is ahead",
    figures: {
      ...figures,
      "of these until PostgreSQL was restored": Math.round(restoredAfter),
      "rows written anew": waiting.length + refused.length,
      "rows lost, of what was delivered since T": without(delivered)
    },
    problems: [
      ...problems,
      ...lacks(said, "420 rows written", "The chain is broken", "that is the cut", "Link", "The chain is whole"),
      ...lacks(
        verified,
        /The database was restored before .*: what followed link \d+ was lost, up to link \d+ at least/
      ),
      ...(without([...before, ...waiting, ...refused, ...streamed, ...meanwhile, ...after]) === 0
        ? []
        : ["rows are missing that should be there"]),
      ...(without(delivered) === delivered.length ? [] : ["rows of after T are there, so nothing was restored"]),
      ...(held === "7" ? [] : [`the setting is ${held}, and was 7 at T`])
    ]
  }
})
