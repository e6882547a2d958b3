import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { request } from "node:https"
import { createConnection } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connect } from "node:tls"
import { freePort } from "../../scripts/stack/FreePort.ts"
import { launch } from "../../scripts/stack/Managed.ts"
import { repository } from "../../scripts/stack/Paths.ts"
import { programLaunch } from "../../scripts/stack/Program.ts"
import { replaceFile } from "../../scripts/stack/replaceFile.ts"
import type { Runtime } from "../../services/runtimeFlags.ts"
import { ask, sampleOf } from "../layers/http/secureProgram.ts"
import { clients, forServer, replace, right, tlsFolder } from "../support/certificates.ts"
import { freshClone } from "../support/freshClone.ts"
import { redisServer } from "../support/servers.ts"
import { startWith } from "../support/startCommand.ts"

const soon = Schedule.spaced("50 millis")

/** An ingestor in a process of its own, whose listeners speak TLS. */
const ingestor = Effect.fnUntraced(function*(runtime: Runtime) {
  const { caFile, files } = yield* tlsFolder()
  const redis = yield* redisServer()
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
  )
  const secretsFile = join(folder, "secrets.json")
  replaceFile(secretsFile, JSON.stringify({ REDIS_PASS: redis.password, INGEST_API_KEY: "a-key-of-the-tests" }))
  const [port, syslog] = [yield* freePort, yield* freePort]
  const around = {
    runtime,
    postgresPort: 1,
    database: "mutt",
    redisPort: redis.port,
    user: redis.user,
    secretsFile,
    moogUrl: "http://127.0.0.1:9"
  }
  const log = join(folder, "ingestor.log")
  const program = programLaunch("ingestor", 1, port, around, {
    SERVER_TLS_CERT_FILE: files.certFile,
    SERVER_TLS_KEY_FILE: files.keyFile,
    SERVER_TLS_CLIENT_CA_FILE: caFile,
    SERVER_TLS_RELOAD_SECONDS: "1",
    SYSLOG_TLS_PORT: String(syslog),
    TLS_CLIENT_SENDERS: "core-relay=relay1"
  })
  yield* Effect.acquireRelease(
    launch({ ...program, cwd: repository, log, stopSignal: "TERM" }),
    (running) => running.stop("TERM")
  )
  const ready = ask(port, "/readyz").pipe(
    Effect.map(({ status }) => status === 200),
    Effect.orElseSucceed(() => false)
  )
  yield* Effect.repeat(ready, { until: (is) => is, schedule: soon })
  const metric = (series: string) => Effect.map(ask(port, "/metrics"), ({ body }) => sampleOf(body, series))
  return { files, log, metric, port, syslog }
})

const line = "<34>1 2026-08-22T10:00:00Z sw1 su - - - hello"

/** Sends a message over TLS. */
const sendSyslog = (port: number, shows: typeof clients.good) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca: right.cert, ...shows })
      socket.on("error", () => undefined)
      socket.write(`${line.length} ${line}`)
      return socket
    }),
    (socket) => Effect.sync(() => socket.destroy())
  )

/** A peer that resets its connection once it has come so far. */
const resetAt = (
  port: number,
  stage: "connect" | "hello" | "secure" | "data",
  shows: typeof clients.good | undefined
) =>
  Effect.callback<void>((resume) => {
    const raw = createConnection({ port, host: "127.0.0.1" }, () => {
      if (stage === "connect") return void raw.resetAndDestroy()
      const socket = connect({ socket: raw, servername: "localhost", ca: right.cert, ...shows }, () => {
        if (stage === "data") socket.write(`${line.length} ${line}`, () => raw.resetAndDestroy())
        else raw.resetAndDestroy()
      })
      socket.on("error", () => undefined)
      if (stage === "hello") setImmediate(() => raw.resetAndDestroy())
    })
    raw.on("error", () => undefined)
    raw.on("close", () => resume(Effect.void))
  })

describe.concurrent.each(["node", "deno"] as const)("TLS of the ingestor on %s", (runtime) => {
  it.live("shows a new certificate without a restart, takes senders by theirs and refuses bad ones", () =>
    Effect.gen(function*() {
      const { files, log, metric, port, syslog } = yield* ingestor(runtime)
      const next = forServer("next")
      replace(files.certFile, next.cert)
      replace(files.keyFile, next.key)
      yield* Effect.repeat(ask(port), { until: ({ name }) => name === "next", schedule: soon })

      const post = { method: "POST", body: JSON.stringify({ hostname: "edge-1", message: "link down" }) }
      const answers = yield* Effect.forEach(
        [clients.good, clients.expired, clients.early, clients.wrong],
        (shows) => ask(port, "/api/v2/ingest", { ...post, shows })
      )
      assert.deepStrictEqual(answers.map(({ status }) => status), [200, 401, 401, 401])
      assert.include(answers[1]?.body, "has expired")

      yield* sendSyslog(syslog, clients.good)
      const received = metric("mutt_syslog_received_total{transport=\"tls\"}")
      yield* Effect.repeat(received, { until: (count) => count === 1, schedule: soon })
      yield* sendSyslog(syslog, clients.expired)
      const refused = metric("mutt_tls_clients_refused_total{listener=\"syslog\",reason=\"expired\"}")
      yield* Effect.repeat(refused, { until: (count) => count === 1, schedule: soon })
      assert.strictEqual(yield* received, 1)
      assert.match(readFileSync(log, "utf8"), /"Clients are refused by TLS\.".*"expired"/)

      // It outlives peers that are gone at any moment of the handshake, or after it.
      for (const door of [port, syslog]) {
        for (const stage of ["connect", "hello", "secure", "data"] as const) {
          const shown = [undefined, clients.good, clients.expired, clients.wrong]
          yield* Effect.forEach(shown, (shows) => resetAt(door, stage, shows), { concurrency: 4 })
        }
      }
      assert.strictEqual((yield* ask(port)).status, 200)
      yield* sendSyslog(syslog, clients.good)
      yield* Effect.repeat(received, { until: (count) => (count ?? 0) >= 2, schedule: soon })
    }))
})

describe.concurrent.each(["node", "deno"] as const)("npm start -- --tls --runtime %s", (runtime) => {
  it.live("makes an authority, speaks TLS on every listener, and its programs know each other", () =>
    Effect.gen(function*() {
      const clone = yield* freshClone(undefined, { installed: "all" })
      const settings = { MUTT_CANARY_SECONDS: "1" }
      const command = yield* startWith(settings, clone, "--no-sample", "--tls", "--runtime", runtime)
      yield* command.start
      const stack = yield* command.stack
      const ca = readFileSync(stack.tls?.ca ?? "", "utf8")
      const all = [...stack.ingestor, ...stack.alerter, ...stack.moogForwarder, ...stack.webUi]
      const get = (url: string) =>
        Effect.callback<{ readonly status: number; readonly body: string }, Error>((resume) => {
          const sent = request(url, { ca, headers: { "x-api-key": stack.keys.viewer }, agent: false }, (response) => {
            let body = ""
            response.on("data", (chunk) => (body += String(chunk)))
            response.on("end", () => resume(Effect.succeed({ status: response.statusCode ?? 0, body })))
          })
          sent.on("error", (error) => resume(Effect.fail(error)))
          sent.end()
        })
      for (const { url } of all) assert.strictEqual((yield* get(`${url}/healthz`)).status, 200, url)
      const answering = Effect.map(get(`${stack.webUi[0]?.url}/api/v1/status`), ({ body }) => {
        const { programs } = JSON.parse(body)
        return Array.isArray(programs) ? programs.filter(({ state }) => state === "ready").length : 0
      })
      yield* Effect.repeat(answering, { until: (count) => count === all.length, schedule: soon })
      yield* Effect.repeat(get(`${stack.webUi[0]?.url}/metrics`), {
        until: ({ body }) => /^mutt_canary_seconds_count [1-9]/m.test(body),
        schedule: soon
      })
      const mutt = (env: Readonly<Record<string, string>>) =>
        spawnSync(process.execPath, ["scripts/mutt.ts", "config", "get", "log_level"], {
          cwd: clone.folder,
          encoding: "utf8",
          env: { ...process.env, ...env }
        })
      assert.strictEqual(mutt({}).stdout, "info\n")
      const elsewhere = { MUTT_URL: stack.webUi[0]?.url ?? "", MUTT_API_KEY: stack.keys.viewer }
      assert.match(mutt(elsewhere).stderr, /certificate of https.* is not taken/)
      assert.strictEqual(mutt({ ...elsewhere, MUTT_CA: stack.tls?.ca ?? "" }).stdout, "info\n")
      assert.include(command.said(), stack.tls?.ca ?? "no authority")
      assert.isNumber(stack.syslog.tls)
    }))
})
