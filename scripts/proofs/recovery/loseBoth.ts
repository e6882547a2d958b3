import { Effect } from "effect"
import { rmSync } from "node:fs"
import type { Proof } from "../Proof.ts"
import { commandsOf } from "./backupPage.ts"
import { checked, lacks } from "./checks.ts"
import type { Harness } from "./Harness.ts"
import { archived, checkpoint, moment } from "./losePostgres.ts"
import { redisFiles } from "./loseRedis.ts"

/** Both servers go with their disks. */
export const loseBoth = Effect.fnUntraced(function*(harness: Harness): Effect.fn.Return<Proof, unknown> {
  const { moog, post, postgres, programs, redis, setting, shell, tell } = harness
  yield* tell("both: base backup, and a life before and after T")
  yield* moog.forget
  yield* harness.baseBackup
  const started = yield* harness.seconds
  const before = yield* post("forwarded", 300)
  yield* harness.drained
  yield* setting({ moog_max_retries: 11 })
  yield* checkpoint(harness)
  yield* moog.behave({ status: 503 })
  const recorded = yield* post("forwarded", 200)
  yield* harness.booksSay("200 alerts wait", ({ alerts, events }) => alerts.waiting === 200 && events.waiting === 0)
  const T = yield* moment(harness)

  yield* setting({ moog_max_retries: 12 })
  yield* setting({ moog_max_retries: 13 })
  yield* checkpoint(harness)
  const since = yield* post("forwarded", 100)
  yield* harness.booksSay("300 alerts wait", ({ alerts, events }) => alerts.waiting === 300 && events.waiting === 0)
  yield* archived(harness)

  yield* tell("both: their disks are gone; restore PostgreSQL to T")
  const files = yield* redisFiles(redis)
  yield* postgres.kill
  yield* redis.kill
  const lostAt = yield* harness.seconds
  yield* Effect.sync(() => rmSync(files, { recursive: true }))
  yield* redis.start
  yield* harness.restore(T)
  const restoredAfter = (yield* harness.seconds) - lostAt
  const [commands = ""] = commandsOf("Both are lost")
  const said = yield* shell(commands, { T, FROM: new Date(started * 1_000).toISOString() })
  const seconds = (yield* harness.seconds) - lostAt
  yield* moog.behave({})
  const after = yield* post("forwarded", 50)
  yield* harness.drained
  const { figures, problems } = yield* checked(harness, {
    promised: [...before, ...recorded, ...after],
    lost: since,
    seconds
  })
  // Every process has the settings of T, though it had newer ones of that epoch.
  yield* harness.until(
    "every process has the settings of T",
    Effect.map(shell("mutt config get moog_max_retries --json\n", {}), (text) => text.includes("11"))
  )
  const listed = yield* shell("mutt config instances --json\n", {})
  return {
    what: "both lost; PostgreSQL restored to T, Redis empty",
    figures: { ...figures, "of these until PostgreSQL was restored": Math.round(restoredAfter) },
    problems: [
      ...problems,
      ...lacks(said, "200 alerts handed over again", "The chain is broken", "The chain is whole", "A new page begins"),
      ...(programs.alerter.pid() > 0 ? [] : ["the alerter ended"]),
      ...lacks(listed, "epoch")
    ]
  }
})
