import { Effect } from "effect"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { defaults, settingKeys } from "../../../src/domain/Settings.ts"
import type { Answer } from "../../../test/services/web-ui/harness.ts"
import { SettingsWorld } from "../../../test/services/web-ui/settingsHarness.ts"
import { repository, stateFolder } from "../../stack/Paths.ts"
import { bareKeys, type ReaderTask, reports } from "./reports.ts"
import { webUiProcess } from "./WebUiProcess.ts"

/** Processes that follow the settings, each with connections of its own. */
export interface Readers {
  readonly signal: (name: "SIGSTOP" | "SIGCONT") => Effect.Effect<void>
  /** Waits until all of them run the version, or a newer one. */
  readonly reached: (version: number) => Effect.Effect<void, unknown>
}

/** Starts as many, and waits until each has said something. */
export const readers = (count: number, more: Partial<ReaderTask> = {}, program = "reader.ts") =>
  Effect.gen(function*() {
    const { admin, redis } = yield* SettingsWorld
    yield* admin.command("DEL", reports)
    // What they need to report, beside what the programs may.
    const rights = ["+rpush", `~${reports}`, `~${bareKeys.hash}`, `&${bareKeys.channel}`]
    yield* admin.command("ACL", "SETUSER", redis.user, ...rights)
    yield* admin.command("ACL", "SAVE")
    const children = yield* Effect.forEach(Array.from({ length: count }, (_, n) => `reader-${n + 1}`), (instance) => {
      const task: ReaderTask = {
        instance,
        username: redis.user,
        password: redis.password,
        port: redis.port,
        direct: redis.port,
        ...more
      }
      return Effect.acquireRelease(
        Effect.sync(() =>
          spawn(process.execPath, [join(repository, "scripts/proofs/config", program), JSON.stringify(task)], {
            env: { ...process.env, NODE_COMPILE_CACHE: join(stateFolder, "cache/node") },
            stdio: ["ignore", "ignore", "inherit"]
          })
        ),
        (child) => Effect.sync(() => void child.kill("SIGKILL"))
      )
    })
    const reached = (version: number) =>
      Effect.gen(function*() {
        const session = yield* admin.ownConnection
        const done = new Set<string>()
        while (done.size < count) {
          const reply = yield* session.command("BLMPOP", 60, 1, reports, "LEFT", "COUNT", count)
          if (!Array.isArray(reply)) {
            return yield* Effect.die(new Error(`Only ${done.size} of ${count} followed in time.`))
          }
          for (const report of reply[1]) {
            const [instance = "", at] = String(report).split(" ")
            if (Number(at) >= version) done.add(instance)
          }
        }
      }).pipe(Effect.scoped)
    yield* reached(0)
    const made: Readers = {
      signal: (name) =>
        Effect.sync(() => {
          for (const child of children) child.kill(name)
        }),
      reached
    }
    return made
  })

type Ask = (
  method: "PUT",
  path: string,
  more: { readonly body: unknown }
) => Effect.Effect<Pick<Answer, "status" | "body">, unknown>

/** Changes a setting through one web-ui program; the version that has it. */
const putBy = Effect.fnUntraced(function*(ask: Ask, value: number) {
  const { body, status } = yield* ask("PUT", "/api/v1/config/moog_rate_limit?wait=none", { body: { value } })
  if (status !== 200) return yield* Effect.die(new Error(`A change was answered ${status}.`))
  return Number(body.version)
})

/** The same through the one in this process. */
export const put = (value: number) => Effect.flatMap(SettingsWorld, ({ webUis: [{ call }] }) => putBy(call, value))

export const percentile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN

/** Between two changes, so that the reports of the one do not delay the next. */
const pause = Effect.sleep("5 millis")

const warmUp = 20

/** Milliseconds that each of so many turns took, after some that find code which is not compiled yet. */
const timed = (turns: number, turn: (n: number) => Effect.Effect<unknown, unknown>) =>
  Effect.gen(function*() {
    const took: Array<number> = []
    for (let n = 0; n < warmUp + turns; n++) {
      const start = performance.now()
      yield* turn(n)
      if (n >= warmUp) took.push(performance.now() - start)
      yield* pause
    }
    return took
  })

/** Milliseconds from sending a PUT to a web-ui program to hearing from the last of the readers, for each change. */
export const propagation = (count: number, changes: number) =>
  Effect.gen(function*() {
    const { ask } = yield* webUiProcess(yield* SettingsWorld)
    const { reached } = yield* readers(count)
    return yield* timed(changes, (n) => Effect.flatMap(putBy(ask, 1_000 + n), reached))
  }).pipe(Effect.scoped)

/**
 * The same without HTTP, PostgreSQL and whatever MUTT does: a hash is written and announced, and bare processes read it
 * and answer.
 */
export const bareAnnouncements = (count: number, changes: number) =>
  Effect.gen(function*() {
    const { admin } = yield* SettingsWorld
    const { reached } = yield* readers(count, {}, "bareReader.ts")
    const fields = settingKeys.flatMap((key) => [key, JSON.stringify(defaults[key])])
    return yield* timed(changes, (n) =>
      Effect.gen(function*() {
        yield* admin.command("HSET", bareKeys.hash, "_version", n + 1, ...fields)
        yield* admin.command("PUBLISH", bareKeys.channel, String(n + 1))
        yield* reached(n + 1)
      }))
  }).pipe(Effect.scoped)
