import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { dial } from "../../support/wire.ts"
import { get, start } from "./boundedProgram.ts"

const answered = (port: number, from = "127.0.0.1") =>
  Effect.gen(function*() {
    const client = yield* dial(port, get("/healthz"), { from })
    assert.match(yield* client.until("alive"), /^HTTP\/1\.1 200 /)
    client.socket.destroy()
  })

const short = 200

describe("a connection that its client does nothing with", () => {
  it.live("is let go of whole when no header comes, or not to its end, and others are answered meanwhile", () =>
    Effect.gen(function*() {
      const { closed, letGo, port } = yield* start({ headerMs: short })
      const silent = yield* Effect.forEach(Array.from({ length: 20 }), () => dial(port))
      const slow = yield* dial(port, "GET /healthz HTTP/1.1\r\nHos")
      yield* answered(port)
      for (const client of [...silent, slow]) {
        assert.match(yield* client.ended, /^HTTP\/1\.1 408 [\s\S]*"_tag":"RequestTimeout"/)
        yield* letGo(client)
      }
      assert.deepStrictEqual(closed, Array.from({ length: 21 }, () => "header"))
    }))

  it.live("is let go of when a body stands still, and not while it comes, however slowly", () =>
    Effect.gen(function*() {
      const { closed, letGo, port } = yield* start({ bodyGapMs: short })
      const post = "POST /length HTTP/1.1\r\nHost: mutt\r\nContent-Length: 9\r\n\r\n1"
      const still = yield* dial(port, post)
      const coming = yield* dial(port, post)
      const dripping = setInterval(() => coming.socket.write("2"), short / 4)
      assert.match(yield* still.ended, /^HTTP\/1\.1 408 [\s\S]*"_tag":"RequestTimeout"/)
      yield* letGo(still)
      assert.match(yield* coming.until("9 bytes"), /^HTTP\/1\.1 200 /)
      clearInterval(dripping)
      assert.deepStrictEqual(closed, ["body"])
    }))

  it.live("is let go of when a request takes too long as a whole", () =>
    Effect.gen(function*() {
      const { closed, letGo, port } = yield* start({ headerMs: short, requestMs: 2 * short })
      const client = yield* dial(port, "POST /length HTTP/1.1\r\nHost: mutt\r\nContent-Length: 999\r\n\r\n1")
      const dripping = setInterval(() => client.socket.writable && client.socket.write("2"), short / 8)
      assert.match(yield* client.ended, /^HTTP\/1\.1 408 /)
      clearInterval(dripping)
      yield* letGo(client)
      assert.deepStrictEqual(closed, ["request"])
    }))

  it.live("is let go of when it does not take its answer", () =>
    Effect.gen(function*() {
      const { closed, letGo, port } = yield* start({ answerGapMs: short })
      yield* letGo(yield* dial(port, get("/large"), { deaf: true }))
      assert.deepStrictEqual(closed, ["answer"])
    }))

  it.live("is let go of between requests, though it sends what is none", () =>
    Effect.gen(function*() {
      const { closed, letGo, port } = yield* start({ idleMs: short })
      const client = yield* dial(port, get("/healthz"))
      yield* client.until("alive")
      const blank = setInterval(() => client.socket.writable && client.socket.write("\r\n"), short / 8)
      yield* letGo(client)
      clearInterval(blank)
      assert.deepStrictEqual(closed, ["idle"])
    }))

  it.live("is let go of after a refusal, though the client keeps its half open", () =>
    Effect.gen(function*() {
      const { closed, letGo, port } = yield* start({})
      const client = yield* dial(port, "NONSENSE\r\n\r\n")
      assert.match(yield* client.ended, /^HTTP\/1\.1 400 [\s\S]*"_tag":"Unreadable"/)
      yield* letGo(client)
      const wide = yield* dial(port, `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${"x".repeat(20_000)}\r\n\r\n`)
      assert.match(
        yield* wide.ended,
        /^HTTP\/1\.1 431 [\s\S]*x-correlation-id: [\s\S]*"detail":"[\s\S]*"HeadersTooLarge"/
      )
      const upgrade = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n"
      const upgraded = yield* dial(port, upgrade)
      yield* upgraded.until("alive")
      yield* letGo(upgraded)
      assert.deepStrictEqual(closed, ["unreadable", "unreadable", "half_closed"])
    }))

  it.live("stays while the program is at work, or has nothing to say in a stream", () =>
    Effect.gen(function*() {
      const limits = { headerMs: short, bodyGapMs: short, requestMs: short, idleMs: short, answerGapMs: short }
      const { closed, holds, letGo, port } = yield* start(limits)
      const working = yield* dial(port, get("/wait"))
      const stream = yield* dial(port, get("/ticks"))
      yield* stream.until("two")
      // Those that come later have waited too long before anything has become of these.
      for (let round = 0; round < 3; round++) yield* letGo(yield* dial(port))
      assert.deepStrictEqual([holds(working), holds(stream)], [true, true])
      assert.deepStrictEqual(closed, ["header", "header", "header"])
    }))
})

describe("connections that are too many", () => {
  it.live("of one peer are refused with an answer, and another peer is served", () =>
    Effect.gen(function*() {
      const { closed, port } = yield* start({ maxPerPeer: 3 })
      const stranger = "127.0.0.2"
      yield* Effect.forEach(Array.from({ length: 3 }), () => dial(port, get("/wait"), { from: stranger }))
      const refused = yield* dial(port, "", { from: stranger })
      assert.match(yield* refused.ended, /^HTTP\/1\.1 503 [\s\S]*retry-after: 5[\s\S]*"_tag":"TooManyConnections"/)
      yield* answered(port)
      assert.deepStrictEqual(closed, ["peer_limit"])
    }))

  it.live("in all make room for the newcomer: the one that has waited longest goes, and none that is at work", () =>
    Effect.gen(function*() {
      const { closed, holds, letGo, port } = yield* start({ maxConnections: 3 })
      const working = yield* dial(port, get("/wait"))
      const first = yield* dial(port, get("/healthz"))
      yield* first.until("alive")
      const second = yield* dial(port, get("/healthz"))
      yield* second.until("alive")
      first.socket.write(get("/livez"))
      yield* first.until("PathUnknown")
      yield* answered(port, "127.0.0.3")
      yield* letGo(second)
      assert.deepStrictEqual([holds(working), holds(first)], [true, true])
      assert.deepStrictEqual(closed, ["evicted"])
    }))

  it.live("and all at work leave no room, which the newcomer is told", () =>
    Effect.gen(function*() {
      const { closed, port } = yield* start({ maxConnections: 2 })
      yield* Effect.forEach(Array.from({ length: 2 }), () => dial(port, `${get("/ticks")}`)).pipe(
        Effect.flatMap(Effect.forEach((client) => client.until("two")))
      )
      assert.match(yield* (yield* dial(port)).ended, /^HTTP\/1\.1 503 [\s\S]*"_tag":"TooManyConnections"/)
      assert.deepStrictEqual(closed, ["full"])
    }))
})
