import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { DynamicConfig } from "../../../../layers/config/DynamicConfig.ts"
import { Books } from "../../../../layers/queue/Books.ts"
import { DynamicConfigFixed, world as programWorld } from "../../../layers/http/harness.ts"
import { sides } from "../../../layers/queue/modelTest.ts"
import { queueDriver } from "../../../layers/queue/queueDriver.ts"
import { call, running, Stores } from "../harness.ts"
import { BeforeStep, drain, queues } from "./heldQueue.ts"

const idOf = (number: number) => `0198cf6a-1e5b-7a00-8000-${String(number).padStart(12, "0")}`

/** A record that a decoder of then failed on, whatever it says. */
const kept = (number: number, raw: string, more: object = {}) =>
  JSON.stringify({
    id: idOf(number),
    correlationId: "c",
    sender: "shipper",
    receivedAt: "2026-11-28T04:00:00.000Z",
    reason: "decoder_failed",
    detail: "",
    raw,
    ...more
  })
const readable = "<13>Nov 28 04:00:00 sw1 a: b"

const retry = (filter: object, expected: number, key?: string) =>
  call("POST", "/api/v1/dead-letters/quarantine/retry", {
    key: "operator-key-of-tests",
    headers: key === undefined ? {} : { "idempotency-key": key },
    body: { filter, expected }
  })

const balanced = Effect.gen(function*() {
  for (const [left, right] of sides(yield* (yield* Books).page)) assert.strictEqual(left, right)
})

/** The queue holds 10,000 events, and a replay fills no more than half of it. */
const narrow = Layer.effect(
  DynamicConfig,
  Effect.map(DynamicConfig, (config) => {
    const { values, ...fixed } = config.snapshot()
    return { ...config, snapshot: () => ({ ...fixed, values: { ...values, max_ingest_queue_size: 10_000 } }) }
  })
).pipe(Layer.provide(DynamicConfigFixed))
const surroundings = Layer.merge(programWorld("web-ui"), narrow)

for (const [name, queue] of queues) {
  const world = running(Layer.merge(Stores, queue), surroundings).pipe(Layer.provideMerge(queue))
  layer(world, { excludeTestServices: true })(`quarantined records by filter, in ${name}`, (it) => {
    it.effect("each become events or stay with the reason of today, once, also when it is cut off in between", () =>
      Effect.gen(function*() {
        const { quarantine } = yield* queueDriver
        const records = Array.from({ length: 600 }, (_, number) =>
          number % 100 === 0
            ? kept(number, "{\"hostname\":\"sw1\"}")
            : kept(number, readable, number % 100 === 1 ? { cut: true } : {}))
        yield* quarantine(records, "shipper")
        const hook = yield* BeforeStep
        let steps = 0
        hook.run = Effect.suspend(() => ++steps === 2 ? Effect.die("the program ended") : Effect.void)
        const filter = { reason: "decoder_failed" }
        const key = `retry in ${name}`
        assert.strictEqual((yield* retry(filter, 600, key)).status, 500)
        hook.run = Effect.void
        const { body, status } = yield* retry(filter, 600, key)
        assert.deepStrictEqual([status, body], [200, {
          matched: 600,
          moved: 392,
          // Two were read in vain before the end, and have the reason of today since.
          unreadable: [{ reason: "missing_message", count: 4 }],
          cut: 6,
          skipped: 198,
          left: 0
        }])
        const ids = (yield* drain).map((payload) => JSON.parse(payload).id)
        assert.deepStrictEqual(ids, records.map((_, number) => idOf(number)).filter((_, number) => number % 100 > 1))
        yield* balanced
        const page = yield* (yield* Books).page
        assert.deepStrictEqual([page.quarantineHeld, page.quarantineReplayed], [12, 588])
        const { body: { groups } } = yield* call("GET", "/api/v1/dead-letters/quarantine/groups?host=shipper")
        assert.deepStrictEqual(groups.map(({ count, reason }: { count: number; reason: string }) => [reason, count]), [
          ["decoder_failed", 6],
          ["missing_message", 6]
        ])
      }))

    it.effect("wait for room, and the answer is the request that goes on", () =>
      Effect.gen(function*() {
        const { accept, quarantine } = yield* queueDriver
        const records = Array.from({ length: 300 }, (_, number) =>
          kept(1_000 + number, number % 100 === 7 ? "{\"hostname\":\"sw2\"}" : readable, { peer: "192.0.2.1" }))
        yield* quarantine(records, "syslog/udp", "192.0.2.1")
        yield* accept(Array.from({ length: 4_900 }, (_, number) =>
          `{"id":"before-${number}"}`))
        const first = yield* retry({ host: "192.0.2.1" }, 300)
        const { left, moved, rest, unreadable } = first.body
        assert.strictEqual(moved, 100)
        assert.strictEqual(
          moved + left + unreadable.reduce((sum: number, { count }: Count) =>
            sum + count, 0),
          300
        )
        assert.strictEqual(rest.expected, left)
        const full = yield* retry(rest.filter, rest.expected)
        assert.deepInclude(full.body, { moved: 0, left })
        yield* drain
        const last = yield* retry(full.body.rest.filter, full.body.rest.expected)
        assert.strictEqual(last.body.left, 0)
        assert.strictEqual(moved + last.body.moved, 297)
        yield* balanced
      }))
  })
}

interface Count {
  readonly count: number
}
