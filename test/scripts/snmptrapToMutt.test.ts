import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { spawnSync } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { repository } from "../../scripts/stack/Paths.ts"
import { clientTool } from "../../scripts/stack/Tools.ts"
import { until } from "../support/eventually.ts"
import { needs } from "../support/needs.ts"

/** A folder with a `logger` and a `curl` that write down what they are told; `curl` answers nothing. */
const scene = Effect.gen(function*() {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const tool = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  tool("logger", `printf '%s\\n' "$*" >>"${folder}/said"`)
  // Takes each trap that it is given, so that a flush ends.
  tool("curl", `tee -a "${folder}/orders" | sed -n 's/^write-out = "%{http_code} \\(.*\\)\\\\n"$/200 \\1/p'`)
  const spool = join(folder, "spool")
  const read = (name: string) => existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : ""
  return {
    folder,
    spool,
    tool,
    said: () => read("said"),
    orders: () => read("orders"),
    run: (args: ReadonlyArray<string> = [], position = spool, env = {}) =>
      spawnSync("sh", [join(repository, "scripts/snmptrap-to-mutt"), ...args], {
        input: "<UNKNOWN>\nUDP: [192.0.2.1]:1->[192.0.2.2]:162\n",
        env: {
          PATH: `${folder}:${process.env["PATH"] ?? ""}`,
          MUTT_SNMPTRAP_CONF: "/nonexistent",
          MUTT_TRAP_SPOOL: position,
          MUTT_INGEST_API_KEY: "ingest-key-of-tests",
          ...env
        }
      }),
    left: () => readdirSync(spool).filter((name) => name.endsWith(".trap")),
    /** What waits once nobody is at work in the spool: a trap is sent in the background. */
    leftAtLast: (count: number) =>
      until(
        Effect.sync(() => readdirSync(spool).filter((name) => name === "lock" || name.endsWith(".trap"))),
        (names) => names.length === count && !names.includes("lock")
      )
  }
})

layer(Layer.empty, { excludeTestServices: true })("snmptrap-to-mutt", (it) => {
  it.effect("makes its spool so that nobody else may look in, and sends from there", () =>
    Effect.gen(function*() {
      const { leftAtLast, orders, run, said, spool } = yield* scene
      run()
      run(["--flush"])
      yield* leftAtLast(0)
      assert.strictEqual(lstatSync(spool).mode & 0o777, 0o700)
      assert.include(orders(), "text/x-snmptrapd")
      assert.strictEqual(said(), "")
    }))

  it.effect("shows a certificate in place of a key, and takes the authority it is told", () =>
    Effect.gen(function*() {
      const { leftAtLast, orders, run, spool } = yield* scene
      run([], spool, {
        MUTT_INGEST_API_KEY: "",
        MUTT_CACERT: "/etc/mutt/ca.crt",
        MUTT_CERT: "/etc/mutt/sender.crt",
        MUTT_CERT_KEY: "/etc/mutt/sender.key"
      })
      yield* leftAtLast(0)
      // A header without a value is one that curl leaves out.
      assert.match(orders(), /^header = "X-API-KEY: "$/m)
      for (
        const order of [
          "cacert = \"/etc/mutt/ca.crt\"",
          "cert = \"/etc/mutt/sender.crt\"",
          "key = \"/etc/mutt/sender.key\""
        ]
      ) {
        assert.include(orders().split("\n"), order)
      }
    }))

  it.effect("uses no spool that others may write to, or that is a link, and says what to do", () =>
    Effect.gen(function*() {
      const { folder, left, orders, run, said, spool } = yield* scene
      mkdirSync(spool)
      for (const mode of [0o777, 0o770, 0o702, 0o1777]) {
        chmodSync(spool, mode)
        run()
        assert.strictEqual(run(["--flush"]).status, 1)
        assert.deepStrictEqual(left(), [], mode.toString(8))
      }
      assert.include(said(), `chmod 700 '${spool}'`)
      chmodSync(spool, 0o755)
      symlinkSync(spool, join(folder, "link"))
      for (const link of ["link", "link/"]) run([], join(folder, link))
      assert.include(said(), "link is a link")
      assert.deepStrictEqual([left(), orders()], [[], ""])
    }))

  it.effect("follows no link there: neither writes through it nor sends what it leads to", () =>
    Effect.gen(function*() {
      const { folder, leftAtLast, orders, run, spool } = yield* scene
      const secret = join(folder, "secret")
      writeFileSync(secret, "not for the ingestor")
      mkdirSync(spool, { mode: 0o700 })
      symlinkSync(secret, join(spool, "1-1.trap"))
      symlinkSync(folder, join(spool, "refused"))
      run()
      assert.deepStrictEqual(yield* leftAtLast(1), ["1-1.trap"])
      assert.notInclude(orders(), "1-1.trap")
      assert.strictEqual(readFileSync(secret, "utf8"), "not for the ingestor")
    }))
})

layer(Layer.empty, { excludeTestServices: true })("snmptrap-to-mutt, with a spool that is full,", (it) => {
  it.effect("drops what is new, and says so", () =>
    Effect.gen(function*() {
      const { leftAtLast, run, said, spool, tool } = yield* scene
      tool("curl", "exit 7")
      mkdirSync(spool, { mode: 0o700 })
      const old = ["1700000000-1.trap", "1700000001-1.trap"]
      for (const name of old) writeFileSync(join(spool, name), name)
      run([], spool, { MUTT_TRAP_SPOOL_MAX: "2" })
      assert.deepStrictEqual([...yield* leftAtLast(2)].sort(), old)
      assert.include(said(), "is full; a trap is lost")
    }))
})

/** An ingestor that is away for one request, and what it took. */
const ingestor = Effect.gen(function*() {
  const taken: Array<string> = []
  let requests = 0
  const server = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer(async (request, response) => {
        let body = ""
        for await (const chunk of request) body += String(chunk)
        const status = ++requests === 2 ? 503 : 200
        if (status === 200) taken.push(body)
        response.writeHead(status).end()
      })
      server.listen(0, "127.0.0.1")
      await once(server, "listening")
      return server
    }),
    (server) => Effect.sync(() => void server.close())
  )
  const address = server.address()
  return { port: typeof address === "object" && address !== null ? address.port : 0, taken, requests: () => requests }
})

needs(
  ["curl"],
  () =>
    layer(Layer.empty, { excludeTestServices: true })(
      "snmptrap-to-mutt, with an ingestor that is away for a moment,",
      (it) => {
        it.effect("keeps the order of the traps: none passes the one that was not taken", () =>
          Effect.gen(function*() {
            const { leftAtLast, run, spool, tool } = yield* scene
            const { port, requests, taken } = yield* ingestor
            const { bin, libraries } = yield* clientTool("curl")
            tool("curl", `${libraries === "" ? "" : `LD_LIBRARY_PATH='${libraries}' `}exec '${bin}' "$@"`)
            mkdirSync(spool, { mode: 0o700 })
            for (const trap of [0, 1, 2, 3, 4]) {
              writeFileSync(join(spool, `${1_700_000_000 + trap}-1.trap`), `trap ${trap}`)
            }
            // A new trap sends those that wait, in the background.
            run([], spool, { MUTT_INGEST_URL: `http://127.0.0.1:${port}/` })
            yield* leftAtLast(0)
            assert.deepStrictEqual(
              taken.slice(0, 5),
              [0, 1, 2, 3, 4].map((trap) => `trap ${trap}`)
            )
            assert.include(taken[5], "192.0.2.1")
            assert.strictEqual(requests(), 7)
          }))
      }
    )
)
