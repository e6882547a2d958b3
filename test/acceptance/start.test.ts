import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schedule } from "effect"
import { existsSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isFree } from "../../scripts/stack/FreePort.ts"
import type { StackDescription } from "../../scripts/stack/StackFile.ts"
import { until } from "../support/eventually.ts"
import { type FreshClone, freshClone } from "../support/freshClone.ts"
import { needs } from "../support/needs.ts"
import { start } from "../support/startCommand.ts"

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

/** A clone with its stack up. */
class Up extends Context.Service<Up, {
  readonly clone: FreshClone
  readonly command: Effect.Success<ReturnType<typeof start>>
}>()("test/acceptance/start/Up") {
  static readonly layer = Layer.effect(
    Up,
    Effect.gen(function*() {
      const clone = yield* freshClone(undefined, { installed: "all" })
      const command = yield* start(clone, "--no-sample")
      yield* command.start
      return { clone, command }
    })
  )
}

describe("npm start", () => {
  layer(Up.layer, { excludeTestServices: true })((it) => {
    it.effect("describes what runs, for its owner alone", () =>
      Effect.gen(function*() {
        const { command } = yield* Up
        assert.strictEqual(statSync(command.file).mode & 0o777, 0o600)
        assert.lengthOf(programsOf(yield* command.stack), 4)
      }))

    it.effect("refuses a second stack of the same clone, in plain words", () =>
      Effect.gen(function*() {
        const { clone } = yield* Up
        const node = `"${process.execPath}" scripts/start.ts --ports auto`
        assert.include((yield* Effect.flip(clone.shell(node))).output, "up already")
        assert.include((yield* Effect.flip(clone.shell(`${node} --secrets vault`))).output, "up already")
      }))

    it.effect("is what the command `mutt` of its clone asks, with its key, which goes nowhere else", () =>
      Effect.gen(function*() {
        const { clone, command } = yield* Up
        const [webUi] = (yield* command.stack).webUi
        const mutt = "env -u MUTT_URL -u MUTT_API_KEY sh scripts/mutt.sh config get moog_rate_limit --json"
        assert.strictEqual(JSON.parse(yield* clone.shell(mutt)).key, "moog_rate_limit")
        const refused = yield* Effect.flip(clone.shell(`${mutt} --url ${webUi?.url}`))
        assert.include(refused.output, "The key is not accepted")
      }))

    it.effect("takes the smoke test, which finds its event in the record and in the books", () =>
      Effect.gen(function*() {
        const { clone, command } = yield* Up
        const { ingestor, keys, webUi } = yield* command.stack
        writeFileSync(
          join(clone.folder, ".mutt/smoke.json"),
          JSON.stringify({ INGEST_API_KEY_CURRENT: keys.ingest, VIEWER_API_KEY: keys.viewer })
        )
        const at = `sh scripts/mutt.sh smoke-test --json --url ${webUi[0]?.url} --ingestor ${ingestor[0]?.url}`
        const found = JSON.parse(yield* clone.shell(`${at} --secrets .mutt/smoke.json`))
        assert.isTrue(found.books.balanced)
        assert.include(yield* audited(yield* command.stack), found.correlation_id)
        const withoutKey = yield* Effect.flip(
          clone.shell(`MUTT_API_KEY=${keys.viewer} ${at}`)
        )
        assert.include(withoutKey.output, "did not take the event: HTTP 401")
      }))

    it.effect("starts a program again that was killed, and says so", () =>
      Effect.gen(function*() {
        const { command } = yield* Up
        const [victim] = (yield* command.stack).alerter
        assert.isDefined(victim)
        process.kill(victim.pid, "SIGKILL")
        const { alerter } = yield* until(command.stack, ({ alerter }) => alerter[0]?.pid !== victim.pid)
        assert.strictEqual(alerter[0]?.url, victim.url)
        assert.include(command.said(), "alerter-1 died (SIGKILL)")
      }))

    it.effect("ends everything on SIGTERM with code 0, and has its data and keys the next time", () =>
      Effect.gen(function*() {
        const { command } = yield* Up
        const first = yield* command.stack
        assert.strictEqual((yield* ingest(first, "nothing to see")).status, 200)

        assert.strictEqual((yield* command.stop)?.code, 0)
        assert.isFalse(existsSync(command.file))
        const urls = [first.moog.url, ...programsOf(first).map(({ url }) => url)]
        const ports = [first.postgres.port, first.redis.port, ...urls.map((url) => Number(new URL(url).port))]
        for (const port of ports) assert.isTrue(yield* isFree(port), `somebody still listens on ${port}`)

        yield* command.start
        const second = yield* command.stack
        assert.deepStrictEqual(second.keys, first.keys)
        yield* until(audited(second), (text) => text.includes("nothing to see"))
      }))
  })

  it.live("runs replicas, under Deno too, and carries the sample events through", () =>
    Effect.gen(function*() {
      const clone = yield* freshClone(undefined, { installed: "all" })
      const command = yield* start(clone, "--replicas", "2", "--runtime", "deno")
      yield* command.start
      const programs = programsOf(yield* command.stack)
      assert.lengthOf(programs, 8)
      assert.strictEqual(new Set(programs.flatMap(({ pid, url }) => [pid, url])).size, 16)
      yield* until(Effect.sync(command.said), (text) => text.includes("npm run stop"))
      assert.include(command.said(), "every event is accounted for")
    }))

  needs(["OpenBao"], () => {
    it.live("keeps its secrets in an OpenBao and rotates both passwords under load, when told to", () =>
      Effect.gen(function*() {
        const clone = yield* freshClone(undefined, { installed: "all" })
        const command = yield* start(clone, "--no-sample", "--secrets", "vault", "--rotate-demo")
        yield* command.start
        const told = yield* Effect.repeat(
          Effect.sync(() => /rotations done .*/.exec(command.said())?.[0] ?? ""),
          { schedule: Schedule.spaced("100 millis"), until: (line) => line !== "" }
        )
        assert.match(told, /^rotations done 2, failed 0; requests sent \d+, failed 0; events accepted \d+/)
        const { keys, webUi } = yield* command.stack
        const ready = yield* Effect.promise(() => fetch(`${webUi[0]?.url}/readyz`).then((answer) => answer.text()))
        assert.match(ready, /"secrets":\{"state":"ok"/)
        assert.match(ready, /"vault_login":\{"state":"ok","required":false,"age_ms":\d+\}/)
        const shown = yield* Effect.promise(() =>
          fetch(`${webUi[0]?.url}/admin/config`, { headers: { "x-api-key": keys.admin } }).then((answer) =>
            answer.text()
          )
        )
        assert.include(shown, "\"MUTT_SECRETS\":\"vault\"")
      }))
  })
})
