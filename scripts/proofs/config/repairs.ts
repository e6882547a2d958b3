import { Effect } from "effect"
import { cpSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { tcpProxy } from "../../../test/layers/connections.ts"
import { SettingsWorld } from "../../../test/services/web-ui/settingsHarness.ts"
import { put, type Readers, readers } from "./readers.ts"
import { reports } from "./reports.ts"

/**
 * How an announcement is lost. `cut`: subscriptions are ended just before the change. `refused`: they are ended and
 * cannot be made anew. `half-open`: every connection of the readers is open and dead. `paused`: readers stand still
 * over the change and lose their subscriptions meanwhile. `restored`: the change is made while Redis is away, and Redis
 * comes back with an old copy of its data.
 */
export const losses = ["cut", "refused", "half-open", "paused", "restored"] as const
export type Loss = (typeof losses)[number]

/**
 * Milliseconds until all readers follow, run by run; from the change on, or from when readers or Redis are there again.
 */
export const repairs = (loss: Loss, count: number, runs: number) =>
  Effect.gen(function*() {
    const repair = yield* preparations[loss](count)
    const took: Array<number> = []
    for (let n = 0; n < runs; n++) {
      const { from, readers: { reached }, version } = yield* repair(3_000 + n)
      yield* reached(version)
      took.push(performance.now() - from)
    }
    return took
  }).pipe(Effect.scoped)

interface Run {
  readonly readers: Readers
  readonly version: number
  /** When the clock starts. */
  readonly from: number
}

const now = Effect.sync(() => performance.now())
const subscribersKilled = Effect.flatMap(
  SettingsWorld,
  ({ admin }) => admin.command("CLIENT", "KILL", "TYPE", "pubsub")
)

const cut = Effect.fnUntraced(function*(count: number) {
  const all = yield* readers(count)
  return Effect.fnUntraced(function*(value: number) {
    yield* subscribersKilled
    const from = yield* now
    return { readers: all, version: yield* put(value), from } satisfies Run
  })
})

const refused = Effect.fnUntraced(function*(count: number) {
  const { admin } = yield* SettingsWorld
  const [username, password] = ["mutt_deaf", "deaf"]
  const user = (channels: string) =>
    admin.command("ACL", "SETUSER", username, "on", `>${password}`, "~*", "+@all", channels)
  yield* user("allchannels")
  const all = yield* readers(count, { username, password })
  yield* Effect.addFinalizer(() => Effect.orDie(admin.command("ACL", "DELUSER", username)))
  yield* user("resetchannels")
  return Effect.fnUntraced(function*(value: number) {
    const from = yield* now
    return { readers: all, version: yield* put(value), from } satisfies Run
  })
})

const halfOpen = Effect.fnUntraced(function*(count: number) {
  const { redis } = yield* SettingsWorld
  const proxy = yield* tcpProxy(redis.port)
  const all = yield* readers(count, { port: proxy.port })
  return Effect.fnUntraced(function*(value: number) {
    proxy.freeze()
    const from = yield* now
    return { readers: all, version: yield* put(value), from } satisfies Run
  })
})

const paused = Effect.fnUntraced(function*(count: number) {
  const all = yield* readers(count)
  return Effect.fnUntraced(function*(value: number) {
    yield* all.signal("SIGSTOP")
    yield* subscribersKilled
    const version = yield* put(value)
    const from = yield* now
    yield* all.signal("SIGCONT")
    return { readers: all, version, from } satisfies Run
  })
})

const restored = Effect.fnUntraced(function*(count: number) {
  const { admin, redis } = yield* SettingsWorld
  const all = yield* readers(count)
  const data = dirname(redis.log)
  const [file, copy] = [join(data, "appendonlydir"), join(data, "old-copy")]
  return Effect.fnUntraced(function*(value: number) {
    yield* admin.command("DEL", reports)
    rmSync(copy, { recursive: true, force: true })
    cpSync(file, copy, { recursive: true })
    yield* all.reached(yield* put(value + 10_000))
    yield* redis.kill
    rmSync(file, { recursive: true })
    cpSync(copy, file, { recursive: true })
    const version = yield* put(value)
    yield* redis.start
    const from = yield* now
    return { readers: all, version, from } satisfies Run
  })
})

const preparations = { cut, refused, "half-open": halfOpen, paused, restored }
