import { Effect } from "effect"
import { Redis } from "ioredis"
import { cpSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Proof } from "../Proof.ts"
import { commandsOf } from "./backupPage.ts"
import { checked, lacks } from "./checks.ts"
import type { Harness } from "./Harness.ts"

/** The append-only files of a Redis. */
export const redisFiles = ({ adminUrl }: Harness["redis"]) =>
  Effect.promise(async () => {
    const client = new Redis(adminUrl)
    const [, folder] = await client.config("GET", "dir") as ReadonlyArray<string>
    client.disconnect()
    return join(folder ?? "", "appendonlydir")
  })

/** How many alerts were handed over again. Those are among them whose delivery was not in the record yet. */
const handedOver = (said: string): number => Number(/(\d+) alerts handed over again/.exec(said)?.[1] ?? Number.NaN)

const fewer = (handed: number, than: number): ReadonlyArray<string> =>
  handed >= than ? [] : [`only ${handed} of ${than} alerts were handed over again`]

/** Alerts wait, and events are in the stream, when Redis goes. */
const busy = Effect.fnUntraced(function*(harness: Harness) {
  const { moog, post, programs } = harness
  yield* moog.forget
  const delivered = yield* post("forwarded", 300)
  yield* harness.drained
  yield* moog.behave({ status: 503 })
  const recorded = yield* post("forwarded", 2_000)
  yield* harness.booksSay("the alerts wait", ({ alerts, events }) => alerts.waiting === 2_000 && events.waiting === 0)
  yield* programs.alerter.stop
  const streamed = yield* post("forwarded", 150)
  return { delivered, recorded, streamed }
})

const commands = commandsOf("Redis is lost").join("")

/** Gives the page's commands, and what was under way before. */
const recovered = Effect.fnUntraced(function*(harness: Harness, from: number) {
  const said = yield* harness.shell(commands, { FROM: new Date(from * 1_000 - 60_000).toISOString() })
  yield* harness.programs.alerter.start
  return said
})

/** With its file: killed, and started again. */
export const killRedis = Effect.fnUntraced(function*(harness: Harness): Effect.fn.Return<Proof, unknown> {
  yield* harness.tell("Redis: killed, its file is there")
  const { delivered, recorded, streamed } = yield* busy(harness)
  yield* harness.redis.kill
  const lostAt = yield* harness.seconds
  yield* harness.redis.start
  yield* harness.programs.alerter.start
  yield* harness.moog.behave({})
  const after = yield* harness.post("forwarded", 50)
  const seconds = (yield* harness.seconds) - lostAt
  yield* harness.drained
  const promised = [...delivered, ...recorded, ...streamed, ...after]
  return { what: "Redis killed, its file is there", ...(yield* checked(harness, { promised, lost: [], seconds })) }
})

/** With nothing. */
export const loseRedis = Effect.fnUntraced(function*(harness: Harness): Effect.fn.Return<Proof, unknown> {
  yield* harness.tell("Redis: lost with its disk")
  const started = yield* harness.seconds
  const { delivered, recorded, streamed } = yield* busy(harness)
  const { events: { waiting } } = yield* harness.readBooks
  const files = yield* redisFiles(harness.redis)
  yield* harness.redis.kill
  const lostAt = yield* harness.seconds
  yield* Effect.sync(() => rmSync(files, { recursive: true }))
  yield* harness.redis.start
  const said = yield* recovered(harness, started)
  const seconds = (yield* harness.seconds) - lostAt
  yield* harness.moog.behave({})
  const after = yield* harness.post("forwarded", 50)
  yield* harness.drained
  const { figures, problems } = yield* checked(harness, {
    promised: [...delivered, ...recorded, ...after],
    lost: streamed,
    seconds
  })
  // Once more, and through all of the record.
  const from = yield* harness.seconds
  const again = yield* harness.shell("mutt recover alerts --from 90d --reason 'once more'\n", {})
  const through = (yield* harness.seconds) - from
  return {
    what: "Redis lost, nothing of it is there",
    figures: {
      ...figures,
      "events that waited, by the books before": waiting,
      "alerts handed over again": handedOver(said),
      "to look through all of the record again, seconds": Math.round(through)
    },
    problems: [
      ...problems,
      ...(waiting === streamed.length ? [] : [`the books said that ${waiting} waited, and it were ${streamed.length}`]),
      ...fewer(handedOver(said), recorded.length),
      ...lacks(said, `${handedOver(said)} alerts would be handed over again`, "A new page begins"),
      ...lacks(again, "0 forwarded events without a recorded delivery", "0 alerts handed over again")
    ]
  }
})

/** How far the primary and the replica are. */
const reached = ({ redis, replica }: Harness) =>
  Effect.promise(async () => {
    const offsets: Array<string> = []
    for (const { adminUrl } of [redis, replica]) {
      const client = new Redis(adminUrl)
      offsets.push(/master_repl_offset:(\d+)/.exec(await client.info("replication"))?.[1] ?? "")
      client.disconnect()
    }
    return offsets
  })

/** With a replica that lagged. It takes the place of the lost one, with its files. */
export const promoteReplica = Effect.fnUntraced(function*(harness: Harness): Effect.fn.Return<Proof, unknown> {
  yield* harness.tell("Redis: lost, a replica that lagged takes over")
  const started = yield* harness.seconds
  const { delivered, recorded, streamed } = yield* busy(harness)
  const [files, kept] = [yield* redisFiles(harness.redis), yield* redisFiles(harness.replica)]
  yield* harness.until("the replica has the stream", Effect.map(reached(harness), ([one, other]) => one === other))
  yield* harness.replica.freeze

  // Life goes on: what waited is settled, more is recorded, and some of that waits.
  yield* harness.programs.alerter.start
  yield* harness.moog.behave({})
  const settled = yield* harness.post("forwarded", 100)
  yield* harness.drained
  yield* harness.moog.behave({ status: 503 })
  const since = yield* harness.post("forwarded", 120)
  yield* harness.booksSay("120 alerts wait", ({ alerts, events }) => alerts.waiting === 120 && events.waiting === 0)
  yield* harness.programs.alerter.stop
  const gone = yield* harness.post("forwarded", 30)

  yield* harness.redis.kill
  const lostAt = yield* harness.seconds
  yield* harness.replica.stop
  yield* Effect.sync(() => {
    rmSync(files, { recursive: true })
    cpSync(kept, files, { recursive: true })
  })
  yield* harness.redis.start
  const said = yield* recovered(harness, started)
  const seconds = (yield* harness.seconds) - lostAt
  yield* harness.moog.behave({})
  const after = yield* harness.post("forwarded", 50)
  yield* harness.drained
  yield* harness.replica.start
  yield* harness.replica.follow
  const { figures, problems } = yield* checked(harness, {
    promised: [...delivered, ...recorded, ...streamed, ...settled, ...since, ...after],
    lost: gone,
    seconds
  })
  return {
    what: "Redis lost, a replica that lagged takes over",
    figures: { ...figures, "alerts handed over again": handedOver(said) },
    problems: [...problems, ...fewer(handedOver(said), since.length), ...lacks(said, "A new page begins")]
  }
})
