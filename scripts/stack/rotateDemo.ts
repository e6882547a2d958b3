import { Clock, Console, Effect, Schema } from "effect"
import { BooksView } from "../../src/api/web-ui/Overview.ts"
import { RotationStatus } from "../../src/domain/Rotation.ts"
import type { StackDescription } from "./StackFile.ts"

const secrets = ["DB_PASS", "REDIS_PASS"] as const
const decodeStatus = Schema.decodeUnknownEffect(Schema.fromJsonString(RotationStatus))
const decodeBooks = Schema.decodeUnknownEffect(Schema.fromJsonString(BooksView))

const json = { "content-type": "application/json" }

const ask = (url: string, init: RequestInit) =>
  Effect.tryPromise((signal) => fetch(url, { ...init, signal })).pipe(
    Effect.flatMap((response) =>
      Effect.map(Effect.tryPromise(() => response.text()), (text) => ({ status: response.status, text }))
    )
  )

/**
 * Rotates the passwords of both servers every 20 seconds while events come in all the time, and shows what became of
 * all of it, until it is interrupted.
 */
export const rotateDemo = (stack: StackDescription) =>
  Effect.gen(function*() {
    const [ingestor, webUi] = [stack.ingestor[0]?.url ?? "", stack.webUi[0]?.url ?? ""]
    const counts = { rotations: 0, failedRotations: 0, sent: 0, failed: 0 }
    const key = { "x-api-key": stack.keys.admin }

    const send = Effect.gen(function*() {
      counts.sent += 1
      const body = JSON.stringify({
        hostname: `demo-${counts.sent % 10}`,
        message: `%LINEPROTO-5-UPDOWN: Interface Gi0/${counts.sent % 48}, changed state to down`,
        severity: "err"
      })
      const answered = yield* ask(`${ingestor}/api/v2/ingest`, {
        method: "POST",
        headers: { ...json, "x-api-key": stack.keys.ingest },
        body
      }).pipe(Effect.map(({ status }) => status), Effect.orElseSucceed(() => 0))
      if (answered !== 200) counts.failed += 1
      yield* Effect.sleep("50 millis")
    })

    const status = (secret: string) =>
      ask(`${webUi}/api/v1/rotation/${secret}`, { headers: key }).pipe(
        Effect.flatMap(({ text }) => decodeStatus(text)),
        Effect.retry({ times: 5 })
      )
    const rotate = Effect.fnUntraced(function*(secret: string) {
      const begun = yield* ask(`${webUi}/api/v1/rotation/${secret}/start`, {
        method: "POST",
        headers: { ...json, ...key },
        body: JSON.stringify({ auto: true, reason: "npm start -- --rotate-demo" })
      })
      if (begun.status !== 200) return yield* Effect.fail(begun.text)
      while (true) {
        const now = yield* status(secret)
        if (now.closed_at !== null) return
        if (now.driver === null) return yield* Effect.fail(now.stopped ?? "it stopped")
        yield* Effect.sleep("250 millis")
      }
    })
    const round = (secret: string) =>
      rotate(secret).pipe(
        Effect.map(() => void (counts.rotations += 1)),
        Effect.catch((error) => {
          counts.failedRotations += 1
          return Console.error(`The rotation of ${secret} failed: ${String(error)}`)
        })
      )

    const sessions = Effect.fnUntraced(function*(secret: string) {
      const { instances } = yield* status(secret)
      const byGeneration = new Map<string, number>()
      for (const one of instances) {
        for (const [generation, open] of Object.entries(one.sessions)) {
          const name = `${one.program} g${generation}`
          byGeneration.set(name, (byGeneration.get(name) ?? 0) + open)
        }
      }
      return [...byGeneration].map(([name, open]) => `${open} x ${name}`).join(", ")
    })
    const show = Effect.gen(function*() {
      const { text } = yield* ask(`${webUi}/api/v1/books`, { headers: key })
      const { alerts, events } = yield* decodeBooks(text)
      yield* Console.log(
        `rotations done ${counts.rotations}, failed ${counts.failedRotations}; requests sent ${counts.sent}, failed ${counts.failed}; ` +
          `events accepted ${events.accepted}, alerts delivered ${alerts.delivered}\n` +
          `  PostgreSQL: ${yield* sessions("DB_PASS")}\n  Redis: ${yield* sessions("REDIS_PASS")}`
      )
    })

    yield* Console.log("\nRotating both passwords every 20 seconds, with 20 events a second. Ctrl-C ends it.")
    yield* Effect.forkScoped(Effect.forever(send))
    while (true) {
      const begun = yield* Clock.currentTimeMillis
      yield* Effect.forEach(secrets, round, { concurrency: 2 })
      yield* Effect.catch(show, (error) => Console.error(`The counters cannot be read: ${String(error)}`))
      yield* Effect.sleep(Math.max(0, begun + 20_000 - (yield* Clock.currentTimeMillis)))
    }
  })
