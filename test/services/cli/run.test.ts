import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Console, Effect, Fiber } from "effect"
import { Command } from "effect/cli"
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { waitReady } from "../../../services/cli/waitReady.ts"
import { runtimeFlags } from "../../../services/runtimeFlags.ts"
import { until } from "../../support/eventually.ts"
import { listening } from "../../support/listening.ts"

/** Gives `mutt wait-ready` as a person would, and answers what it printed, or why it failed. */
const wait = (...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const printed: Array<string> = []
    const capturing: Console.Console = { ...globalThis.console, log: (...words) => void printed.push(words.join(" ")) }
    const failure = yield* Command.runWith(waitReady, { version: "0" })(args).pipe(
      Effect.provideService(Console.Console, capturing),
      Effect.provide(NodeServices.layer),
      Effect.match({
        onFailure: (error) =>
          "more" in error && Array.isArray(error.more) ? [error.message, ...error.more].join("\n") : error.message,
        onSuccess: () => undefined
      })
    )
    return { printed: printed.join("\n"), failure }
  })

/** With no more than docs/CONFIGURATION.md asks for. */
const rights = ["--allow-env", "--allow-read", "--allow-net", "--allow-sys"]
const deno = ["node_modules/.bin/deno", "run", ...rights, "--no-prompt", "--quiet"] as const

/** A forwarder that has no server to work with, started by `mutt run`. */
const forwarder = (port: number, [program, ...flags]: readonly [string, ...ReadonlyArray<string>]) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(program, [...flags, "scripts/mutt.ts", "run", "moog-forwarder"], {
        stdio: ["ignore", "ignore", "inherit"],
        env: {
          MOOG_WEBHOOK_URL: "http://127.0.0.1:9",
          REDIS_HOST: "127.0.0.1",
          REDIS_PORT: "9",
          REDIS_TLS_ENABLED: "false",
          METRICS_PORT_MOOG: String(port)
        }
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )

const answers = (port: number) =>
  until(
    wait(`http://127.0.0.1:${port}`, "--timeout", "0"),
    ({ failure }) => failure?.includes("moog-forwarder-") === true
  )

const endedBy = (child: ChildProcess, signal: "SIGTERM") =>
  Effect.gen(function*() {
    const end = yield* Effect.forkChild(ended(child), { startImmediately: true })
    child.kill(signal)
    return yield* Fiber.join(end)
  })

const ended = (child: ChildProcess) =>
  Effect.callback<number | null>((resume) => {
    child.once("exit", (code) => resume(Effect.succeed(code)))
  })

// At the same time: without Redis a program takes some seconds to start, and to end.
describe.concurrent("mutt run", () => {
  it.live("becomes the program, with the flags and the environment of production, and ends as it does", () =>
    Effect.gen(function*() {
      const port = yield* freePort
      const child = yield* forwarder(port, [process.execPath])
      const refused = yield* answers(port)
      assert.match(refused.failure ?? "", /is not ready: moog-forwarder-\w+ says not_ready\n {2}redis: /)
      const ofProcess = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, "utf8").split("\0")
      assert.includeMembers(ofProcess("cmdline"), [...runtimeFlags.node])
      assert.include(ofProcess("environ"), "MALLOC_ARENA_MAX=2")
      assert.strictEqual(yield* endedBy(child, "SIGTERM"), 0)
    }))

  it.live("loads the program into its own process under Deno, and ends as it does", () =>
    Effect.gen(function*() {
      const port = yield* freePort
      const child = yield* forwarder(port, deno)
      yield* answers(port)
      assert.strictEqual(yield* endedBy(child, "SIGTERM"), 0)
    }))
})

describe("mutt check-config", () => {
  it.live("lets the program say what it finds, and ends with 1 when something must be corrected", () =>
    Effect.gen(function*() {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-env-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
      )
      const file = join(folder, "mutt.env")
      const own = join(folder, "mutt-moog-forwarder.env")
      writeFileSync(own, "MOOG_CONCURRENCY=0\n")
      writeFileSync(
        file,
        "MOOG_CONCURRENCY=16\n# ours\nMOOG_WEBHOOK_URL='https://platform.example.com'\nREDIS_PASSWORD=x\n#OTHER=1\n"
      )
      const { code, stdout } = yield* Effect.callback<{ readonly code: unknown; readonly stdout: string }>((resume) => {
        execFile(
          process.execPath,
          [
            ...`scripts/mutt.ts check-config moog-forwarder --production --json --env-file ${own} --env-file`.split(
              " "
            ),
            file
          ],
          { env: { MOOG_WEBHOOK_URL: "not this one", REDIS_PASS: "x" } },
          (error, stdout) => resume(Effect.succeed({ code: error?.code, stdout }))
        )
      })
      assert.strictEqual(code, 1)
      const { ok, programs: [report] } = JSON.parse(stdout)
      assert.deepStrictEqual([ok, report.program], [false, "moog-forwarder"])
      assert.deepInclude(report.findings, {
        item: "secrets",
        ok: false,
        detail: "MOOG_API_KEY is not in the store",
        fix: "put it there, as X or X_CURRENT"
      })
      assert.deepInclude(report.findings, {
        item: "variables",
        ok: false,
        detail: "REDIS_PASSWORD is read by no program; did you mean REDIS_PASS?",
        fix: "call it REDIS_PASS, or take it away"
      })
    }))
})

describe("mutt wait-ready", () => {
  it.live("ends once the program is ready, and names it", () =>
    Effect.gen(function*() {
      let asked = 0
      const server = createServer((_, response) => {
        const status = ++asked < 3 ? "not_ready" : "ready"
        response.writeHead(asked < 3 ? 503 : 200, { "content-type": "application/json" })
        response.end(
          JSON.stringify({ status, service: "mutt-alerter", version: "3.0.0", instance: "alerter-1", checks: {} })
        )
      })
      const port = yield* listening(server)
      const { failure, printed } = yield* wait(`http://127.0.0.1:${port}/readyz`)
      assert.deepStrictEqual([failure, printed, asked], [undefined, "alerter-1 (mutt-alerter 3.0.0) is ready.", 3])
    }))

  it.live("says why when the time is over: nobody answers, or something else does", () =>
    Effect.gen(function*() {
      const { failure } = yield* wait(`http://127.0.0.1:${yield* freePort}`, "--timeout", "0")
      assert.match(failure ?? "", /is not ready: it does not answer$/)
      const port = yield* listening(createServer((_, response) => void response.end("{}")))
      const other = yield* wait(`http://127.0.0.1:${port}`, "--timeout", "0")
      assert.include(other.failure ?? "", "what answers there is no program of MUTT")
    }))
})
