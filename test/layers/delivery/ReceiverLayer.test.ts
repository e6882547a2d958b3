import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { moogStandIn } from "../../support/moogStandIn.ts"

/** A platform that answers by path: `/500`, `/slow`, `/hangup`, … */
const awkward = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly server: Server; readonly paths: Array<string> }>((resume) => {
    const paths: Array<string> = []
    const server = createServer((request, response) => {
      const path = request.url ?? ""
      paths.push(path)
      if (path === "/slow") return
      if (path === "/hangup") return void request.socket.destroy()
      if (path === "/endless") return void response.writeHead(202).write("ok")
      if (path === "/flood") return void response.writeHead(400).end("x".repeat(5_000_000))
      response.writeHead(Number(path.slice(1)), { location: "/200", "retry-after": "3" }).end("so it is")
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, server, paths }))
    })
  }),
  ({ server }) => Effect.sync(() => server.closeAllConnections())
)

const deliverAll = (runtime: ReadonlyArray<string>, urls: ReadonlyArray<string>) =>
  Effect.callback<ReadonlyArray<Record<string, unknown>>>((resume) => {
    const [command = "", ...flags] = [...runtime, "test/layers/delivery/deliverAll.ts", ...urls]
    execFile(command, flags, (error, stdout, stderr) => {
      resume(
        error === null
          ? Effect.sync(() => stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)))
          : Effect.die(stderr)
      )
    })
  })

describe.each([["node", [process.execPath]], ["deno", ["deno", "run", "-A"]]] as const)(
  "Moogsoft over HTTP, on %s",
  (_, runtime) => {
    it.live("takes an alert, with the key that works", () =>
      Effect.gen(function*() {
        const moog = yield* moogStandIn({ apiKey: "moog-key" })
        const results = yield* deliverAll(runtime, [`${moog.url}/events`, `${moog.url}/events`])
        assert.deepStrictEqual(results, [{ _tag: "delivered", status: 200 }, { _tag: "delivered", status: 200 }])
        const { count, events, repeats } = yield* moog.received()
        assert.deepStrictEqual([count, repeats, events[0]?.["external_id"]], [1, 1, "a-1"])
      }))

    it.live("is judged by how it answers, and never followed elsewhere", () =>
      Effect.gen(function*() {
        const { paths, url } = yield* awkward
        const asked = ["/204", "/302", "/308", "/400", "/429", "/503", "/slow", "/hangup", "/endless", "/flood"]
        const results = yield* deliverAll(runtime, asked.map((path) => url + path))
        const told = results.map(({ _tag, reason, retryAfterMs }) =>
          [_tag, reason, retryAfterMs].filter((part) => part !== undefined)
        )
        assert.deepStrictEqual(told, [
          ["delivered"],
          ["retry", "gateway", 3_000],
          ["retry", "gateway", 3_000],
          ["rejected", "http"],
          ["retry", "rate_limit", 3_000],
          ["retry", "http", 3_000],
          ["retry", "timeout"],
          ["retry", "connection"],
          ["delivered"],
          ["rejected", "http"]
        ])
        assert.deepStrictEqual([...new Set(paths)], asked)
        assert.isBelow(JSON.stringify(results.at(-1)).length, 400)
      }))

    it.live("that is not there is tried again", () =>
      Effect.gen(function*() {
        const { server, url } = yield* Effect.scoped(awkward)
        yield* Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
        const [result] = yield* deliverAll(runtime, [`${url}/?token=hidden`])
        assert.deepInclude(result, { _tag: "retry", reason: "connection" })
        assert.notInclude(JSON.stringify(result), "hidden")
      }))
  }
)
