import { assert, layer } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { HttpBody, HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { deflateSync, gzipSync } from "node:zlib"
import type { Event, Quarantined } from "../../../src/domain/Event.ts"
import { CommandedQueue, Ingestor } from "./harness.ts"

interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Record<string, unknown>
}

const post = (
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  path = "/api/v2/ingest"
): Effect.Effect<Sent, unknown, HttpClient.HttpClient> => {
  const { "content-type": contentType = "application/json", ...rest } = headers
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body
  const request = HttpClientRequest.post(path).pipe(
    HttpClientRequest.setHeaders({ "x-api-key": "ingest-key-of-tests", ...rest }),
    HttpClientRequest.setBody(HttpBody.uint8Array(bytes, contentType))
  )
  return Effect.flatMap(HttpClient.execute(request), sent)
}

const sent = (response: HttpClientResponse.HttpClientResponse) =>
  Effect.map(response.text, (text): Sent => ({
    status: response.status,
    headers: response.headers,
    body: text === "" ? {} : JSON.parse(text)
  }))

const record = (message: string) => JSON.stringify({ hostname: "sw1", message })
const stored = (count: number): Effect.Effect<ReadonlyArray<Event>, never, CommandedQueue> =>
  CommandedQueue.use(({ stored }) => Queue.takeN(stored, count))
const quarantined = (count: number): Effect.Effect<ReadonlyArray<Quarantined>, never, CommandedQueue> =>
  CommandedQueue.use(({ quarantined }) => Queue.takeN(quarantined, count))
const inMood = <A, E, R>(mood: CommandedQueue["Service"]["mood"], use: Effect.Effect<A, E, R>) =>
  Effect.flatMap(CommandedQueue, (queue) => {
    queue.mood = mood
    return Effect.ensuring(use, Effect.sync(() => void (queue.mood = "accepts")))
  })

layer(Ingestor(), { excludeTestServices: true })("POST /api/v2/ingest", (it) => {
  it.effect("gives a batch the id that its Idempotency-Key says, and refuses a key of another body or form", () =>
    Effect.gen(function*() {
      const queue = yield* CommandedQueue
      const key = { "idempotency-key": "one two" }
      for (const message of ["down", "down", "up"]) assert.strictEqual((yield* post(record(message), key)).status, 200)
      yield* post(record("down"))
      yield* stored(4)
      const [first, second, third, fourth] = queue.calls.slice(-4).map(([batch]) => batch?.named)
      assert.match(first?.id ?? "", /\none two$/)
      assert.deepStrictEqual(second, first)
      assert.strictEqual(third?.id, first?.id)
      assert.notStrictEqual(third?.content, first?.content)
      assert.isUndefined(fourth)
      const refused = yield* inMood("conflict", post(record("other"), key))
      assert.deepStrictEqual([refused.status, refused.body["_tag"]], [422, "IdempotencyConflict"])
      const long = yield* post(record("x"), { "idempotency-key": "x".repeat(129) })
      assert.deepStrictEqual([long.status, long.body["_tag"]], [422, "Invalid"])
    }))

  it.effect("answers 503 with Retry-After 2 when replicas do not confirm in time", () =>
    Effect.gen(function*() {
      const answer = yield* inMood("unreplicated", post(record("down")))
      assert.deepStrictEqual([answer.status, answer.headers["retry-after"]], [503, "2"])
      assert.match(String(answer.body["detail"]), /replicas/)
    }))

  for (const path of ["/api/v2/ingest", "/api/v1/ingest", "/ingest"]) {
    it.effect(`answers 200 on ${path} once the event is stored`, () =>
      Effect.gen(function*() {
        const answer = yield* post(record("down"), { "x-correlation-id": "my-id.1" }, path)
        assert.strictEqual(answer.status, 200)
        assert.strictEqual(answer.headers["x-correlation-id"], "my-id.1")
        assert.match(answer.headers["content-type"] ?? "", /^application\/json/)
        const { queue_depth, ...rest } = answer.body
        assert.isNumber(queue_depth)
        assert.deepStrictEqual(rest, { status: "queued", correlation_id: "my-id.1", accepted: 1, quarantined: 0 })
        const [event] = yield* stored(1)
        assert.strictEqual(event?.sender, "collector")
        assert.strictEqual(event?.correlationId, "my-id.1")
        assert.strictEqual(event?.message, "down")
        assert.match(event?.id ?? "", /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }))
  }

  it.effect("takes a batch: an array, lines, packed by gzip or deflate", () =>
    Effect.gen(function*() {
      const lines = Array.from({ length: 200 }, (_, i) => record(`m${i}`)).join("\n")
      const bodies: ReadonlyArray<readonly [string | Uint8Array, Readonly<Record<string, string>>]> = [
        [`[${lines.replaceAll("\n", ",")}]`, {}],
        [lines, { "content-type": "application/x-ndjson" }],
        [gzipSync(lines), { "content-encoding": "gzip" }],
        [deflateSync(lines), { "content-encoding": "deflate" }]
      ]
      for (const [body, headers] of bodies) {
        const answer = yield* post(body, headers)
        assert.strictEqual(answer.status, 200)
        assert.strictEqual(answer.body["accepted"], 200)
        assert.strictEqual((yield* stored(200)).at(-1)?.message, "m199")
      }
    }))

  it.effect("takes 999 records of a batch of 1,000 and quarantines the one that can't be read", () =>
    Effect.gen(function*() {
      const lines = Array.from(
        { length: 1_000 },
        (_, i) => i === 500 ? "{\"hostname\":\"sw1\",\"mess" : record(`m${i}`)
      )
      const answer = yield* post(lines.join("\n"))
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.body["accepted"], 999)
      assert.strictEqual(answer.body["quarantined"], 1)
      yield* stored(999)
      const [spoiled] = yield* quarantined(1)
      assert.strictEqual(spoiled?.reason, "not_json")
      assert.strictEqual(spoiled?.raw, lines[500])
    }))

  it.effect("answers 200 to what it can only quarantine, and to nothing at all", () =>
    Effect.gen(function*() {
      const bodies = ["no json", "{\"a\":", "42", Uint8Array.of(0x1f, 0x8b, 1, 2, 3), "{\"message\":\"no host\"}"]
      for (const body of bodies) {
        const answer = yield* post(body, typeof body === "string" ? {} : { "content-encoding": "gzip" })
        assert.strictEqual(answer.status, 200)
        assert.deepStrictEqual([answer.body["accepted"], answer.body["quarantined"]], [0, 1])
        yield* quarantined(1)
      }
      const answer = yield* post("")
      assert.strictEqual(answer.status, 200)
      assert.deepStrictEqual([answer.body["accepted"], answer.body["quarantined"]], [0, 0])
    }))

  it.effect("asks for a key that may send", () =>
    Effect.gen(function*() {
      const cases = [["", 401], ["nobody's", 401], ["schlüssel", 401], ["viewer-key-of-tests", 403], [
        "admin-key-of-tests",
        200
      ]] as const
      for (const [key, status] of cases) {
        const answer = yield* post(record("m"), { "x-api-key": encodeURIComponent(key) })
        assert.strictEqual(answer.status, status)
      }
      yield* stored(1)
      const bearer = yield* post(record("m"), { "x-api-key": "", authorization: "Bearer ingest-key-of-tests" })
      assert.strictEqual(bearer.status, 200)
      yield* stored(1)
    }))

  it.effect("answers 503 with Retry-After when the queue is full, limited or away", () =>
    Effect.gen(function*() {
      const full = yield* inMood("full", post(record("m")))
      assert.deepStrictEqual([full.status, full.headers["retry-after"], full.body["_tag"]], [503, "5", "QueueFull"])
      assert.deepStrictEqual([full.body["queue_limit"], full.body["full_by"]], [1_000_000, "events"])
      const share = yield* inMood("share", post(record("m")))
      assert.deepStrictEqual([share.status, share.headers["retry-after"], share.body["full_by"]], [503, "5", "share"])
      assert.match(String(share.body["detail"]), /its share of the queue/)
      const limited = yield* inMood("limited", post(record("m")))
      assert.deepStrictEqual([limited.status, limited.headers["retry-after"], limited.body["_tag"]], [
        503,
        "2",
        "RateLimited"
      ])
      const away = yield* inMood("unavailable", post(record("m")))
      assert.deepStrictEqual([away.status, away.headers["retry-after"], away.body["_tag"]], [
        503,
        "2",
        "QueueUnavailable"
      ])
    }))

  it.effect("answers 200 and says how many records were only counted when the key is over its share of the quarantine", () =>
    Effect.gen(function*() {
      const answer = yield* inMood("overShare", post(`no json\n${record("m")}\nno json either`))
      assert.strictEqual(answer.status, 200)
      const { accepted, over_share, quarantined } = answer.body
      assert.deepStrictEqual([accepted, quarantined, over_share], [1, 1, 1])
    }))

  it.effect("answers 413 above the limits, as sent, unpacked, or by number", () =>
    Effect.gen(function*() {
      const large = "x".repeat(1_048_577)
      const bodies: ReadonlyArray<readonly [string | Uint8Array, Readonly<Record<string, string>>]> = [
        [large, {}],
        [gzipSync(large), { "content-encoding": "gzip" }],
        [`${record("m")}\n`.repeat(2_001), {}]
      ]
      for (const [body, headers] of bodies) {
        const answer = yield* post(body, headers)
        assert.deepStrictEqual([answer.status, answer.body["_tag"]], [413, "BodyTooLarge"])
      }
      const { calls } = yield* CommandedQueue
      assert.isFalse(calls.flat().some(({ events }) => events.length === 2_001))
    }))

  it.effect("reads what its clients really send", () =>
    Effect.gen(function*() {
      const samples: ReadonlyArray<readonly [string, string, Readonly<Record<string, string>>]> = [
        [
          "rsyslog omhttp, one",
          "{\"timestamp\":\"2026-08-22T10:00:00.123456+00:00\",\"hostname\":\"sw1\",\"severity\":\"err\",\"facility\":\"local7\","
          + "\"message\":\" %LINK-3-UPDOWN: Interface Gi0/1, changed state to down\"}",
          { "content-type": "application/json; charset=utf-8" }
        ],
        ["rsyslog omhttp, newline", `${record("a")}\n${record("b")}`, { "content-type": "text/plain" }],
        ["rsyslog omhttp, kafkarest", `{"records":[{"value":${record("a")}}]}`, {
          "content-type": "application/vnd.kafka.v1+json"
        }],
        [
          "syslog-ng http()",
          "{\"PRIORITY\":\"err\",\"PROGRAM\":\"sshd\",\"MESSAGE\":\"m\",\"HOST\":\"h1\",\"ISODATE\":\"2026-08-22T10:00:00+00:00\"}",
          {
            "content-type": "application/x-www-form-urlencoded"
          }
        ],
        ["Fluent Bit json", "[{\"date\":1755856800.123456,\"log\":\"m\",\"host\":\"sw1\"}]", {}],
        [
          "Fluent Bit json_stream",
          "{\"date\":1755856800.1,\"log\":\"a\",\"host\":\"sw1\"}{\"date\":1755856800.2,\"log\":\"b\",\"host\":\"sw1\"}",
          {}
        ],
        [
          "Vector",
          "[{\"host\":\"sw1\",\"appname\":\"ifmgr\",\"facility\":\"local7\",\"severity\":\"err\",\"message\":\"m\",\"source_type\":\"syslog\"}]",
          {}
        ],
        [
          "Logstash",
          "{\"@timestamp\":\"2026-08-22T10:00:00.000Z\",\"@version\":\"1\",\"message\":\"m\",\"host\":{\"name\":\"sw1\"}}",
          {}
        ]
      ]
      for (const [who, body, headers] of samples) {
        const answer = yield* post(body, headers)
        assert.deepStrictEqual([who, answer.status, answer.body["quarantined"]], [who, 200, 0])
        yield* stored(Number(answer.body["accepted"]))
      }
    }))

  it.effect("says on GET that it is there, and tells its API", () =>
    Effect.gen(function*() {
      const probe = yield* Effect.flatMap(HttpClient.get("/ingest"), sent)
      assert.deepStrictEqual([probe.status, probe.body["status"]], [200, "ok"])
      const document = yield* Effect.flatMap(HttpClient.get("/openapi.json"), sent)
      assert.includeMembers(Object.keys(document.body["paths"] ?? {}), [
        "/api/v2/ingest",
        "/api/v1/ingest",
        "/ingest"
      ])
    }))

  it.effect("counts under the original's names", () =>
    Effect.gen(function*() {
      const text = yield* Effect.flatMap(HttpClient.get("/metrics"), (response) => response.text)
      for (
        const line of [
          /^mutt_ingest_requests_total\{status="success",reason=""\} [1-9]/m,
          /^mutt_ingest_requests_total\{status="fail",reason="auth"\} [1-9]/m,
          /^mutt_ingest_requests_total\{status="fail",reason="queue_full"\} 2$/m,
          /^mutt_ingest_queue_depth \d/m,
          /^mutt_ingest_latency_seconds_count [1-9]/m,
          /^mutt_ingest_rate_limit_hits_total 1$/m,
          /^mutt_ingest_quarantined_total\{reason="not_json"\} [1-9]/m
        ]
      ) assert.match(text, line)
    }))

  it.effect("answers with the headers of every answer", () =>
    Effect.gen(function*() {
      const answer = yield* post(record("m"), { "x-correlation-id": "not fit, for a log" })
      assert.strictEqual(answer.headers["x-content-type-options"], "nosniff")
      assert.strictEqual(answer.headers["cache-control"], "no-store")
      assert.match(answer.headers["x-correlation-id"] ?? "", /^[0-9a-f-]{36}$/)
      assert.strictEqual(answer.body["correlation_id"], answer.headers["x-correlation-id"])
      const refused = yield* inMood("full", post(record("m")))
      assert.strictEqual(refused.headers["content-type"], "application/problem+json")
      assert.strictEqual(refused.headers["x-content-type-options"], "nosniff")
      assert.strictEqual(refused.body["correlation_id"], refused.headers["x-correlation-id"])
    }))
})

layer(Ingestor({ maxWaitingBytes: 1_000 }), { excludeTestServices: true })(
  "POST /api/v2/ingest under pressure",
  (it) => {
    it.effect("answers 503 when too many bytes wait already, and serves again afterwards", () =>
      Effect.gen(function*() {
        const answer = yield* post("x".repeat(2_000))
        assert.deepStrictEqual([answer.status, answer.headers["retry-after"], answer.body["_tag"]], [
          503,
          "1",
          "Overloaded"
        ])
        assert.strictEqual((yield* post(record("m"))).status, 200)
      }))
  }
)
