import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClient, HttpServer } from "effect/http"
import { gzipSync } from "node:zlib"
import { BodyBudget } from "../../../services/ingestor/http/BodyBudget.ts"
import { makeUnpacker } from "../../../services/ingestor/http/unpack.ts"
import { until } from "../../support/eventually.ts"
import { dial } from "../../support/wire.ts"
import { Ingestor, IngestRequests } from "./harness.ts"

const mebibyte = 1_048_576
/** 25 KB that stand for 25 MB. */
const bomb = gzipSync(Buffer.alloc(25 * mebibyte))

describe("the bytes that bodies may hold", () => {
  it("are shared: a sender holds at most what is left free, and there is room for one who holds nothing", () => {
    const budget = new BodyBudget(1_000)
    const fill = (sender: string) => {
      const account = budget.open(sender)
      let held = 0
      while (account.charge(10)) held += 10
      return { account, held }
    }
    const first = fill("first")
    assert.strictEqual(first.held, 500)
    const second = fill("second")
    assert.strictEqual(second.held, 250)
    assert.strictEqual(fill("third").held, 120)
    assert.isFalse(budget.open("first").charge(1))
    first.account.release()
    assert.isTrue(budget.open("second").fits(100))
    assert.strictEqual(budget.held, 370)
  })

  it.live("are all that bombs take, however many come at once, and each is told that it is too large", () =>
    Effect.gen(function*() {
      const budget = new BodyBudget(64 * mebibyte)
      const unpack = makeUnpacker(mebibyte, 2)
      let peak = 0
      const reasons = yield* Effect.forEach(
        Array.from({ length: 32 }, (_, number) => `sender ${number % 4}`),
        (sender) =>
          Effect.suspend(() => {
            const account = budget.open(sender)
            const charge = (bytes: number) => {
              const taken = account.charge(bytes)
              peak = Math.max(peak, budget.held)
              return taken
            }
            return Effect.ensuring(
              Effect.match(unpack(sender, bomb, "gzip", { charge }), {
                onFailure: ({ reason }) => reason,
                onSuccess: () => "unpacked"
              }),
              Effect.sync(() => account.release())
            )
          }),
        { concurrency: "unbounded" }
      )
      assert.isTrue(reasons.every((reason) => reason === "too_large"), reasons.join())
      assert.isAbove(peak, 0)
      assert.isAtMost(peak, 2 * (mebibyte + 65_536))
      assert.strictEqual(budget.held, 0)
    }))
})

const head = (key: string, length: number, more = "") =>
  `POST /api/v2/ingest HTTP/1.1\r\nHost: mutt\r\nX-API-Key: ${key}\r\nContent-Length: ${length}\r\n${more}\r\n`
const [collector, other] = ["ingest-key-of-tests", "admin-key-of-tests"]
const blank = " ".repeat(mebibyte / 2)

const port = HttpServer.HttpServer.use(({ address }) => Effect.succeed("port" in address ? address.port : 0))
const waiting = Effect.gen(function*() {
  const text = yield* (yield* HttpClient.get("/metrics")).text
  return Number(/^mutt_ingest_waiting_bytes (\d+)/m.exec(text)?.[1])
})
const post = (key: string, body: string) =>
  Effect.flatMap(port, (port) => dial(port, `${head(key, body.length)}${body}`))
const answer = Effect.fnUntraced(function*(key: string, body: string) {
  const client = yield* post(key, body)
  return yield* client.until("correlation_id")
})

layer(Ingestor({ maxWaitingBytes: 2 * mebibyte }), { excludeTestServices: true })(
  "uploads that do not end",
  (it) => {
    it.effect("hold nothing of what they promise", () =>
      Effect.gen(function*() {
        const to = yield* port
        yield* Effect.forEach([1, 2, 3], () => dial(to, head(collector, mebibyte)))
        assert.match(yield* answer(other, blank), /^HTTP\/1\.1 200 /)
        assert.match(yield* answer(collector, blank), /^HTTP\/1\.1 200 /)
      }))

    it.effect("hold what came of them, of their own key's share alone", () =>
      Effect.gen(function*() {
        const to = yield* port
        yield* dial(to, `${head(collector, mebibyte)}${blank}`)
        yield* until(waiting, (bytes) => bytes > blank.length)
        const more = "Transfer-Encoding: chunked\r\n"
        const chunked = head(collector, 0, more).replace("Content-Length: 0\r\n", "")
        const second = yield* dial(to, `${chunked}80000\r\n${blank}`)
        const refused = yield* second.until("correlation_id")
        assert.match(refused, /^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n[\s\S]*"_tag":"Overloaded"/i)
        assert.include(refused, "bytes of this key")
        assert.match(yield* answer(other, blank.slice(0, mebibyte / 4)), /^HTTP\/1\.1 200 /)
        assert.match(yield* answer(collector, "  "), /^HTTP\/1\.1 200 /)
      }))
  }
)

layer(Ingestor({ maxWaitingBytes: 2 * mebibyte }), { excludeTestServices: true })(
  "uploads of one key that grow beside each other",
  (it) => {
    it.effect("are refused where they come to more than INGEST_MAX_WAITING_BYTES", () =>
      Effect.gen(function*() {
        const to = yield* port
        const requests = yield* IngestRequests
        const begun = requests.count
        const late = yield* dial(to, head(collector, mebibyte))
        yield* until(Effect.sync(() => requests.count), (count) => count === begun + 1)
        yield* dial(to, `${head(collector, mebibyte)}${blank}`)
        yield* until(waiting, (bytes) => bytes > blank.length)
        late.socket.write(blank + blank)
        const refused = yield* late.until("correlation_id")
        assert.match(refused, /^HTTP\/1\.1 503 [\s\S]*"_tag":"Overloaded"/)
        assert.strictEqual(requests.count, begun + 2)
      }))

    it.effect("are refused by their length, before anything of them is read", () =>
      Effect.gen(function*() {
        const to = yield* port
        yield* dial(to, `${head(collector, mebibyte)}${blank}`)
        yield* until(waiting, (bytes) => bytes > blank.length)
        const second = yield* dial(to, head(collector, mebibyte))
        assert.match(yield* second.until("correlation_id"), /^HTTP\/1\.1 503 [\s\S]*"_tag":"Overloaded"/)
      }))
  }
)

layer(Ingestor({ maxWaitingBytes: 16 * mebibyte }), { excludeTestServices: true })("bombs", (it) => {
  it.effect("are answered 413, each of them, while others are served", () =>
    Effect.gen(function*() {
      const to = yield* port
      const bombs = yield* Effect.forEach(Array.from({ length: 32 }), () =>
        Effect.tap(dial(to, head(collector, bomb.length, "Content-Encoding: gzip\r\n")), ({ socket }) =>
          Effect.sync(() =>
            void socket.write(bomb)
          )))
      assert.match(yield* answer(other, blank), /^HTTP\/1\.1 200 /)
      for (const sent of bombs) {
        assert.match(yield* sent.until("correlation_id"), /^HTTP\/1\.1 413 [\s\S]*"_tag":"BodyTooLarge"/)
      }
    }))
})
