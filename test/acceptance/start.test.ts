import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { isFree } from "../../scripts/stack/FreePort.ts"
import { privateServer } from "../../scripts/stack/PrivateServer.ts"
import { StackDescription } from "../../scripts/stack/StackFile.ts"
import { type FreshClone, freshClone } from "../support/freshClone.ts"

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(StackDescription), { onExcessProperty: "error" })

/** The command in a clone, with handles; ends with its scope. */
const start = (clone: FreshClone, ...words: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const log = join(clone.folder, ".mutt/start.log")
    const file = join(clone.folder, ".mutt/stack.json")
    const command = yield* privateServer({
      name: "npm start",
      launch: {
        program: process.execPath,
        args: ["scripts/start.ts", "--ports", "auto", ...words],
        cwd: clone.folder,
        log,
        farewell: "TERM"
      },
      ready: () => Effect.sync(() => existsSync(file))
    })
    const stack = Effect.sync(() => decode(readFileSync(file, "utf8")))
    return { ...command, file, stack, said: () => readFileSync(log, "utf8") }
  })

const programsOf = ({ alerter, ingestor, moogForwarder, webUi }: StackDescription) => [
  ...ingestor,
  ...alerter,
  ...moogForwarder,
  ...webUi
]

const ingest = ({ ingestor, keys }: StackDescription, message: string) =>
  Effect.promise(() =>
    fetch(`${ingestor[0]?.url}/api/v2/ingest`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": keys.ingest },
      body: JSON.stringify({ hostname: "core1", message })
    })
  )

const audited = ({ keys, webUi }: StackDescription) =>
  Effect.promise(async () => {
    const answer = await fetch(`${webUi[0]?.url}/api/v1/audit-logs`, { headers: { "x-api-key": keys.viewer } })
    return answer.text()
  })

describe("npm start", () => {
  it.live("describes what runs for its owner alone, ends everything on SIGTERM with code 0, and keeps the data", () =>
    Effect.gen(function*() {
      const clone = yield* freshClone(undefined, { installed: true })
      const command = yield* start(clone, "--no-sample")
      yield* command.start
      assert.strictEqual(statSync(command.file).mode & 0o777, 0o600)
      const first = yield* command.stack
      assert.strictEqual((yield* ingest(first, "nothing to see")).status, 200)
      yield* Effect.repeat(audited(first), { until: (text) => text.includes("nothing to see") })

      assert.strictEqual((yield* command.stop)?.code, 0)
      assert.isFalse(existsSync(command.file))
      const ports = [
        first.postgres.port,
        first.redis.port,
        ...programsOf(first).map(({ url }) => Number(new URL(url).port))
      ]
      for (const port of ports) assert.isTrue(yield* isFree(port), `somebody still listens on ${port}`)

      yield* command.start
      const second = yield* command.stack
      assert.include(yield* audited(second), "nothing to see")
      assert.deepStrictEqual(second.keys, first.keys)
    }))

  it.live("starts a program again that was killed, and says so", () =>
    Effect.gen(function*() {
      const clone = yield* freshClone(undefined, { installed: true })
      const command = yield* start(clone, "--no-sample")
      yield* command.start
      const [victim] = (yield* command.stack).alerter
      assert.isDefined(victim)
      process.kill(victim.pid, "SIGKILL")
      const { alerter } = yield* Effect.repeat(command.stack, {
        until: ({ alerter }) => alerter[0]?.pid !== victim.pid
      })
      assert.strictEqual(alerter[0]?.url, victim.url)
      assert.include(command.said(), "alerter-1 died (SIGKILL)")
    }))

  it.live("runs replicas, under Deno too, and carries the sample events through", () =>
    Effect.gen(function*() {
      const clone = yield* freshClone(undefined, { installed: true })
      const command = yield* start(clone, "--replicas", "2", "--runtime", "deno")
      yield* command.start
      const programs = programsOf(yield* command.stack)
      assert.lengthOf(programs, 8)
      assert.strictEqual(new Set(programs.flatMap(({ pid, url }) => [pid, url])).size, 16)
      yield* Effect.repeat(Effect.sync(command.said), { until: (text) => text.includes("npm run stop") })
      assert.include(command.said(), "every event is accounted for")
    }))

  it.live("refuses a second stack of the same clone, and what it does not support, in plain words", () =>
    Effect.gen(function*() {
      const clone = yield* freshClone(undefined, { installed: true })
      const command = yield* start(clone, "--no-sample")
      yield* command.start
      const node = `"${process.execPath}" scripts/start.ts --ports auto`
      const second = yield* Effect.flip(clone.shell(node))
      assert.include(second.output, "up already")
      const vault = yield* Effect.flip(clone.shell(`${node} --secrets vault`))
      assert.include(vault.output, "not supported")
    }))
})
