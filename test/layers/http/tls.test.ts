import { assert, describe, it } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { Agent } from "node:https"
import { join } from "node:path"
import { connect } from "node:tls"
import { readCertificate } from "../../../layers/tls/certificateFiles.ts"
import { clients, forServer, replace, right, tlsFolder } from "../../support/certificates.ts"
import { dial } from "../../support/wire.ts"
import { get } from "./boundedProgram.ts"
import { ask, start } from "./secureProgram.ts"

const soon = Schedule.spaced("10 millis")

/** Waits until new connections are shown the certificate of this name. */
const shows = (port: number, name: string) =>
  Effect.repeat(ask(port), { until: (answer) => answer.name === name, schedule: soon })

const series = (reason: string) => `mutt_tls_clients_refused_total{listener="http",reason="${reason}"}`
const expiry = "mutt_tls_certificate_expiry_timestamp_seconds{listener=\"http\"}"
const reloads = (outcome: string) => `mutt_tls_certificate_reloads_total{listener="http",outcome="${outcome}"}`

describe("a certificate that is replaced", () => {
  it.live("under 500 requests a second costs none of them, whether a file is renamed or a link swapped", () =>
    Effect.gen(function*() {
      const { files, folder, metric, port } = yield* start()
      const agent = new Agent({ keepAlive: true, maxSockets: 8 })
      yield* Effect.addFinalizer(() => Effect.sync(() => agent.destroy()))
      const answers = { good: 0, bad: [] as Array<unknown> }
      const kept = new Set<number>()
      const under = new Set<Promise<void>>()
      const pacing = setInterval(() => {
        // One in ten on a connection of its own, which is shown what is new.
        for (let nth = 0; nth < 10; nth++) {
          const asked = Effect.runPromise(Effect.match(ask(port, "/healthz", nth === 0 ? {} : { agent }), {
            onSuccess: ({ from, status }) => {
              if (status === 200) answers.good++
              else answers.bad.push(status)
              if (nth > 0) kept.add(from)
            },
            onFailure: (error) => void answers.bad.push(error.message)
          }))
          under.add(asked)
          void asked.then(() => under.delete(asked))
        }
      }, 20)
      const [second, third] = [forServer("second"), forServer("third")]
      yield* Effect.repeat(Effect.sync(() => answers.good), { until: (good) => good > 250, schedule: soon })
      replace(files.keyFile, second.key)
      replace(files.certFile, second.cert)
      yield* shows(port, "second")
      // As Kubernetes does: the file is a link into a folder behind a link, and that one is swapped.
      const place = (name: string, { cert, key }: typeof third) => {
        mkdirSync(join(folder, name))
        writeFileSync(join(folder, name, "tls.crt"), cert)
        writeFileSync(join(folder, name, "tls.key"), key, { mode: 0o600 })
        symlinkSync(name, join(folder, "next"))
        renameSync(join(folder, "next"), join(folder, "..data"))
      }
      place("one", second)
      for (const [file, path] of [["tls.crt", files.certFile], ["tls.key", files.keyFile]] as const) {
        symlinkSync(join("..data", file), `${path}.link`)
        renameSync(`${path}.link`, path)
      }
      place("two", third)
      yield* shows(port, "third")
      const before = answers.good
      yield* Effect.repeat(Effect.sync(() => answers.good), { until: (good) => good > before + 250, schedule: soon })
      clearInterval(pacing)
      yield* Effect.promise(() => Promise.all(under))
      assert.deepStrictEqual(answers.bad, [])
      // No open connection was dropped: the eight of the agent are those that it began with.
      assert.isAtMost(kept.size, 8)
      assert.isAtLeast((yield* metric(reloads("loaded"))) ?? 0, 2)
    }))

  it.live("by one that can't be used is not used, which is said once and counted; nothing else changes", () =>
    Effect.gen(function*() {
      const { files, logged, metric, port } = yield* start({ first: forServer("first") })
      const next = forServer("next")
      const told = (what: string) => logged.filter((line) => line.includes("cannot be used") && line.includes(what))
      const heard = (what: string) =>
        Effect.repeat(Effect.sync(() => told(what).length), { until: (count) => count > 0, schedule: soon })
      replace(files.certFile, next.cert.slice(0, 300))
      yield* heard("malformed")
      replace(files.certFile, next.cert)
      yield* heard("unmatched")
      replace(files.certFile, right.issue("old", ["localhost"], -9, -1).cert)
      yield* heard("malformed")
      assert.strictEqual((yield* ask(port)).name, "first")
      assert.strictEqual(told("unmatched").length >= 1, true)
      assert.isAtLeast((yield* metric(reloads("unusable"))) ?? 0, 2)
      replace(files.keyFile, next.key)
      replace(files.certFile, next.cert)
      yield* shows(port, "next")
    }))

  it.live("tells when it ends, and warns before; also of a key that others may read", () =>
    Effect.gen(function*() {
      const ends = right.issue("localhost", ["localhost"], -1, 5)
      const { files, logged, metric, port } = yield* start({ first: ends })
      const inDays = (((yield* metric(expiry)) ?? 0) * 1_000 - Date.now()) / 86_400_000
      assert.isTrue(inDays > 4.9 && inDays <= 5)
      assert.isTrue(logged.some((line) => line.includes("expires soon")))
      assert.isFalse(logged.some((line) => line.includes("may read the key")))
      const next = forServer("next")
      replace(files.keyFile, next.key, 0o644)
      replace(files.certFile, next.cert)
      yield* shows(port, "next")
      assert.isTrue(logged.some((line) => line.includes("may read the key")))
      assert.strictEqual(logged.filter((line) => line.includes("expires soon")).length, 1)
    }))
})

describe("files that can't be used at the start", () => {
  const key = forServer().key
  const cases = [
    ["a missing one", undefined, key, "cannot be read"],
    ["a torn one", forServer().cert.slice(0, 200), key, "not a whole PEM file"],
    ["a foreign key", forServer().cert, key, "is not that of the certificate"],
    ["no certificate", key, key, "one of"]
  ] as const
  for (const [name, cert, key, words] of cases) {
    it.live(`keep the program from starting, and it says why: ${name}`, () =>
      Effect.gen(function*() {
        const { files } = yield* tlsFolder()
        if (cert === undefined) rmSync(files.certFile)
        else replace(files.certFile, cert)
        replace(files.keyFile, key)
        const settings = {
          ...files,
          clientCaFile: undefined,
          clientAuth: "optional" as const,
          reloadMs: 1_000,
          warnDays: 0
        }
        const { problems } = yield* Effect.flip(readCertificate(settings))
        assert.include(problems.join(), words)
        assert.include(problems.join(), files.certFile)
        assert.notInclude(problems.join(), key.split("\n")[1] ?? "")
      }))
  }
})

describe("a client that must show a certificate", () => {
  it.live("is told in words why it is refused, and counted by the reason", () =>
    Effect.gen(function*() {
      const { logged, metric, port } = yield* start({ clientAuth: "required" })
      const refused = [
        ["missing", undefined, "There is no client certificate"],
        ["expired", clients.expired, "has expired"],
        ["not_yet_valid", clients.early, "not valid yet"],
        ["untrusted", clients.wrong, "not of an authority"]
      ] as const
      for (const [reason, shown, words] of refused) {
        const { body, status } = yield* ask(port, "/healthz", shown === undefined ? {} : { shows: shown })
        assert.strictEqual(status, 401)
        assert.deepInclude(JSON.parse(body), { _tag: "ClientCertificateRefused" })
        assert.include(JSON.parse(body).detail, words)
        assert.strictEqual(yield* metric(series(reason), { shows: clients.good }), 1)
      }
      assert.isTrue(logged.some((line) => line.includes("refused by TLS") && line.includes("missing")))
      assert.strictEqual((yield* ask(port, "/healthz", { shows: clients.good })).status, 200)
    }))

  it.live("does not come in by a session that it began without one", () =>
    Effect.gen(function*() {
      const { port } = yield* start({ clientAuth: "required" })
      const session = yield* Effect.callback<Buffer>((resume) => {
        const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca: right.cert }, () => {
          socket.write(get("/healthz"))
        })
        socket.on("session", (ticket) => resume(Effect.succeed(ticket)))
        socket.resume()
      })
      assert.strictEqual((yield* ask(port, "/healthz", { session })).status, 401)
    }))
})

describe("a connection to a server that speaks TLS", () => {
  it.live("is of TLS 1.2 at least; another one is counted", () =>
    Effect.gen(function*() {
      const { metric, port } = yield* start()
      const plain = yield* dial(port, get("/healthz"))
      yield* plain.ended
      yield* Effect.repeat(metric(series("handshake")), { until: (count) => count === 1, schedule: soon })
      const old = yield* Effect.flip(
        Effect.callback<string, Error>((resume) => {
          const options = { ciphers: "DEFAULT@SECLEVEL=0", minVersion: "TLSv1", maxVersion: "TLSv1.1" } as const
          const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options }, () => {
            resume(Effect.succeed(String(socket.getProtocol())))
          })
          socket.on("error", (error) => resume(Effect.fail(error)))
        })
      )
      assert.match(old.message, /version|protocol/i)
      yield* Effect.repeat(metric(series("handshake")), { until: (count) => count === 2, schedule: soon })
    }))

  it.live("is let go of when the handshake does not end, and one too many goes before it", () =>
    Effect.gen(function*() {
      const { metric, port } = yield* start({ limits: { headerMs: 200, maxPerPeer: 3 } })
      const silent = yield* dial(port)
      assert.strictEqual(yield* silent.ended, "")
      yield* Effect.forEach([1, 2, 3], () => dial(port, "\x16\x03\x01", { from: "127.0.0.2" }))
      const refused = yield* dial(port, "", { from: "127.0.0.2" })
      assert.strictEqual(yield* refused.ended, "")
      const closed = (reason: string) => metric(`mutt_http_connections_closed_total{reason="${reason}"}`)
      // Of one's own that wait, one may have gone instead.
      const tooMany = yield* Effect.forEach(["peer_limit", "evicted"], closed)
      assert.strictEqual((tooMany[0] ?? 0) + (tooMany[1] ?? 0), 1)
      yield* Effect.repeat(metric(series("handshake")), { until: (count) => (count ?? 0) >= 3, schedule: soon })
    }))

  it.live("is let go of when its client takes nothing of an answer, or says nothing after one", () =>
    Effect.gen(function*() {
      const { metric, port } = yield* start({ limits: { answerGapMs: 200, idleMs: 200 } })
      const deaf = yield* secure(port, get("/large"))
      deaf.pause()
      const idle = yield* secure(port, get("/healthz"))
      idle.resume()
      for (const reason of ["answer", "idle"]) {
        yield* Effect.repeat(metric(`mutt_http_connections_closed_total{reason="${reason}"}`), {
          until: (count) => count === 1,
          schedule: soon
        })
      }
    }))
})

const secure = (port: number, text: string) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof connect>>((resume) => {
      const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ca: right.cert }, () => {
        socket.write(text)
        resume(Effect.succeed(socket))
      })
      socket.on("error", () => undefined)
    }),
    (socket) => Effect.sync(() => void socket.destroy())
  )
