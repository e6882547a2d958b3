import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Console, Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { HttpServer } from "effect/http"
import { DecodeReport } from "../../../layers/queue/DecodeReport.ts"
import { decode } from "../../../services/cli/decode.ts"
import { DecodeReportMemory } from "../../layers/queue/DecodeReportMemory.ts"
import { running, Stores } from "../web-ui/harness.ts"

const root = Command.make("mutt").pipe(Command.withSubcommands([decode]))

const mutt = (...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { address } = yield* HttpServer.HttpServer
    const url = "port" in address ? `http://127.0.0.1:${address.port}` : ""
    const out: Array<string> = []
    const capturing: Console.Console = { ...globalThis.console, log: (...words) => void out.push(words.join(" ")) }
    const env = ConfigProvider.fromEnv({ env: { MUTT_URL: url, MUTT_API_KEY: "viewer-key-of-tests" } })
    yield* Command.runWith(root, { version: "0" })(["decode", "report", ...args]).pipe(
      Effect.provideService(Console.Console, capturing),
      Effect.provide(Layer.merge(NodeServices.layer, ConfigProvider.layer(env)))
    )
    return out.join("\n")
  })

const start = Date.UTC(2026, 7, 22, 10)
const host = (index: number) => ({
  hostname: `sw${index}`,
  peer: index === 0 ? undefined : "192.0.2.1",
  counts: { uptime: 7, time_unread: index + 1 },
  firstAt: start,
  lastAt: start + 1_000 * index,
  sample: `<189>${index}: line\none\u001b[31m${"x".repeat(1_000)}`
})

const Filled = Layer.succeed(DecodeReport, {
  add: () => Effect.void,
  hosts: Effect.succeed(Array.from({ length: 250 }, (_, index) => host(249 - index)))
})

layer(running(Layer.merge(Stores, DecodeReportMemory)), { excludeTestServices: true })("mutt decode report", (it) => {
  it.effect("says when no host was misread", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* mutt(), "No host was misread in the last seven days.")
      assert.deepStrictEqual(JSON.parse(yield* mutt("--json")), { hosts: [] })
    }))
})

layer(running(Layer.merge(Stores, Filled)), { excludeTestServices: true })("mutt decode report of many hosts", (it) => {
  it.effect("is a table with a row for each host, the one heard of last first", () =>
    Effect.gen(function*() {
      const [titles = "", first = "", ...rest] = (yield* mutt()).split("\n")
      assert.match(titles, /^host +address +not understood +first +last +newest$/)
      assert.match(
        first,
        /^sw249 +192\.0\.2\.1 +time_unread 250, uptime 7 +2026-08-22T10:00:00\.000Z +2026-08-22T10:04:09\.000Z +<189>249: line\\none\\u001b\[31mx+$/
      )
      assert.isBelow(first.length, 300)
      assert.lengthOf(rest, 49)
    }))

  it.effect("goes on over pages until there are as many as were asked for", () =>
    Effect.gen(function*() {
      const { hosts } = JSON.parse(yield* mutt("--json", "--limit", "1000"))
      assert.deepStrictEqual(
        hosts.map(({ hostname }: { hostname: string }) => hostname),
        Array.from({ length: 250 }, (_, index) => `sw${249 - index}`)
      )
      assert.lengthOf(JSON.parse(yield* mutt("--json", "--limit", "210")).hosts, 210)
    }))
})
