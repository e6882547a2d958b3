import { Effect } from "effect"
import { Redis } from "ioredis"
import { cpSync, rmSync } from "node:fs"
import { join } from "node:path"
import type { Proof } from "../Proof.ts"
import { commandsOf } from "./backupPage.ts"
import { checked, lacks } from "./checks.ts"
import type { World } from "./World.ts"

/** The append-only files of Redis. */
export const redisFiles = ({ redis }: World) =>
  Effect.promise(async () => {
    const client = new Redis(redis.adminUrl)
    const [, folder] = await client.config("GET", "dir") as ReadonlyArray<string>
    client.disconnect()
    return join(folder ?? "", "appendonlydir")
  })

/** How many alerts were handed over again. Those are among them whose delivery was not in the record yet. */
const handedOver = (said: string): number => Number(/(\d+) alerts handed over again/.exec(said)?.[1] ?? Number.NaN)

const fewer = (handed: number, than: number): ReadonlyArray<string> =>
  handed >= than ? [] : [`only ${handed} of ${than} alerts were handed over again`]

/** Alerts wait, and events are in the stream, when Redis goes. */
const busy = Effect.fnUntraced(function*(world: World) {
  const { moog, post, programs } = world
  yield* moog.forget
  const delivered = yield* post("forwarded", 300)
  yield* world.drained
  yield* moog.behave({ status: 503 })
  const recorded = yield* post("forwarded", 2_000)
  yield* world.booksSay("the alerts wait", ({ alerts, events }) => alerts.waiting === 2_000 && events.waiting === 0)
  yield* programs.alerter.stop
  const streamed = yield* post("forwarded", 150)
  return { delivered, recorded, streamed }
})

const commands = commandsOf("Redis is lost").join("")

/** Gives the page's commands, and what was under way before. */
const recovered = Effect.fnUntraced(function*(world: World, from: number) {
  const said = yield* world.shell(commands, { FROM: new Date(from * 1_000 - 60_000).toISOString() })
  yield* world.programs.alerter.start
  return said
})

/** With its file: killed, and started again. */
export const killRedis = Effect.fnUntraced(function*(world: World): Effect.fn.Return<Proof, unknown> {
  yield* world.tell("Redis: killed, its file is there")
  const { delivered, recorded, streamed } = yield* busy(world)
  yield* world.redis.kill
  const lostAt = yield* world.seconds
  yield* world.redis.start
  yield* world.programs.alerter.start
  yield* world.moog.behave({})
  const after = yield* world.post("forwarded", 50)
  const seconds = (yield* world.seconds) - lostAt
  yield* world.drained
  const promised = [...delivered, ...recorded, ...streamed, ...after]
  return { what: "Redis killed, its file is there", ...(yield* checked(world, { promised, lost: [], seconds })) }
})

/** With nothing. */
export const loseRedis = Effect.fnUntraced(function*(world: World): Effect.fn.Return<Proof, unknown> {
  yield* world.tell("Redis: lost with its disk")
  const started = yield* world.seconds
  const { delivered, recorded, streamed } = yield* busy(world)
  const { events: { waiting } } = yield* world.readBooks
  const files = yield* redisFiles(world)
  yield* world.redis.kill
  const lostAt = yield* world.seconds
  yield* Effect.sync(() => rmSync(files, { recursive: true }))
  yield* world.redis.start
  const said = yield* recovered(world, started)
  const seconds = (yield* world.seconds) - lostAt
  yield* world.moog.behave({})
  const after = yield* world.post("forwarded", 50)
  yield* world.drained
  const { figures, problems } = yield* checked(world, {
    promised: [...delivered, ...recorded, ...after],
    lost: streamed,
    seconds
  })
  const again = yield* world.shell(commands, { FROM: new Date(started * 1_000).toISOString() })
  return {
    what: "Redis lost, nothing of it is there",
    figures: {
      ...figures,
      "events that waited, by the books before": waiting,
      "alerts handed over again": handedOver(said)
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

/** With a copy of before: a replica that lagged, or an old file. */
export const ageRedis = Effect.fnUntraced(function*(world: World): Effect.fn.Return<Proof, unknown> {
  yield* world.tell("Redis: lost, a copy of before is there")
  const started = yield* world.seconds
  const { delivered, recorded, streamed } = yield* busy(world)
  const files = yield* redisFiles(world)
  const copy = `${files}.copy`
  yield* Effect.sync(() => cpSync(files, copy, { recursive: true }))

  // Life goes on: what waited is settled, more is recorded, and some of that waits.
  yield* world.programs.alerter.start
  yield* world.moog.behave({})
  const settled = yield* world.post("forwarded", 100)
  yield* world.drained
  yield* world.moog.behave({ status: 503 })
  const since = yield* world.post("forwarded", 120)
  yield* world.booksSay("120 alerts wait", ({ alerts, events }) => alerts.waiting === 120 && events.waiting === 0)
  yield* world.programs.alerter.stop
  const gone = yield* world.post("forwarded", 30)

  yield* world.redis.kill
  const lostAt = yield* world.seconds
  yield* Effect.sync(() => {
    rmSync(files, { recursive: true })
    cpSync(copy, files, { recursive: true })
    rmSync(copy, { recursive: true })
  })
  yield* world.redis.start
  const said = yield* recovered(world, started)
  const seconds = (yield* world.seconds) - lostAt
  yield* world.moog.behave({})
  const after = yield* world.post("forwarded", 50)
  yield* world.drained
  const { figures, problems } = yield* checked(world, {
    promised: [...delivered, ...recorded, ...streamed, ...settled, ...since, ...after],
    lost: gone,
    seconds
  })
  return {
    what: "Redis lost, a copy of before is there",
    figures: { ...figures, "alerts handed over again": handedOver(said) },
    problems: [...problems, ...fewer(handedOver(said), since.length), ...lacks(said, "A new page begins")]
  }
})
