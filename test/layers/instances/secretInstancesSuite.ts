import { assert } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Redacted, type Scope, Stream } from "effect"
import { Instances } from "../../../layers/instances/Instances.ts"
import { type SecretInstance, SecretInstances, secretTopic } from "../../../layers/instances/SecretInstances.ts"
import type { Fingerprint } from "../../../layers/secret/fingerprint.ts"
import type { Program } from "../../../src/domain/Settings.ts"

/** An empty registry, and what a test does to it behind the processes' backs. */
export interface Board {
  readonly process: (program: Program, instance: string) => Layer.Layer<Instances | SecretInstances>
  /** Everything is lost, the key of the fingerprints included. */
  readonly forget: Effect.Effect<void>
  /** So much time goes by in which nobody says anything. */
  readonly silence: (seconds: number) => Effect.Effect<void>
}

type SecretReport = Pick<SecretInstance, "stale" | "holdings">

const [old, fresh] = [Redacted.make("old"), Redacted.make("fresh")]

const holding = (fingerprint: Fingerprint): SecretReport => ({
  stale: false,
  holdings: {
    DB_PASS: {
      generation: 2,
      slots: { CURRENT: fingerprint(old), NEXT: fingerprint(fresh) },
      connections: { "1": 3, "2": 1 },
      proof: { request: "r", ok: false, detail: "refused" }
    },
    INGEST_API_KEY: { generation: 1, slots: { CURRENT: fingerprint(old) } }
  }
})

/** A process: what it hears, and a report with what is asked of it at that time. */
const process = Effect.fnUntraced(function*(board: Board, program: Program, instance: string) {
  const context = yield* Layer.build(Layer.fresh(board.process(program, instance)))
  const [instances, secrets] = [Context.get(context, Instances), Context.get(context, SecretInstances)]
  return {
    ...secrets,
    report: (make: (fingerprint: Fingerprint) => SecretReport) =>
      Effect.tap(secrets.requests, ({ fingerprint }) => instances.report(secretTopic, make(fingerprint)))
  }
})
const reader = (board: Board) => process(board, "web-ui", "reader")
const names = (instances: SecretInstances["Service"]) =>
  Effect.map(instances.list, (statuses) => statuses.instances.map(({ instance }) => instance))

/** What every adapter promises. */
export const secretPromises: ReadonlyArray<{
  readonly name: string
  readonly promise: (board: Board) => Effect.Effect<void, unknown, Scope.Scope>
}> = [
  {
    name: "lists who lives, by name, with what each holds",
    promise: Effect.fnUntraced(function*(board) {
      const instances = yield* reader(board)
      assert.deepStrictEqual((yield* instances.list).instances, [])
      yield* (yield* process(board, "ingestor", "i-2")).report(holding)
      yield* (yield* process(board, "alerter", "a-1")).report(() => ({ stale: true, holdings: {} }))
      const { instances: [one, two], now } = yield* instances.list
      assert.deepInclude(one, { program: "alerter", instance: "a-1", stale: true, holdings: {} })
      assert.deepInclude(two, { program: "ingestor", instance: "i-2" })
      assert.isAtMost(two?.seen ?? Infinity, now)
      const { slots, ...rest } = two?.holdings["DB_PASS"] ?? { slots: {} }
      assert.deepStrictEqual(rest, {
        generation: 2,
        connections: { "1": 3, "2": 1 },
        proof: { request: "r", ok: false, detail: "refused" }
      })
      assert.deepStrictEqual(slots, {
        CURRENT: yield* instances.fingerprint(old),
        NEXT: yield* instances.fingerprint(fresh)
      })
      assert.deepStrictEqual(Object.keys(two?.holdings["INGEST_API_KEY"] ?? {}), ["generation", "slots"])
    })
  },
  {
    name: "makes fingerprints that all can compare, and that do not tell the value",
    promise: Effect.fnUntraced(function*(board) {
      const instances = yield* reader(board)
      const fingerprint = yield* instances.fingerprint(old)
      assert.match(fingerprint, /^[0-9a-f]{8}$/)
      assert.notStrictEqual(fingerprint, yield* instances.fingerprint(fresh))
      for (const name of ["i-1", "i-2"]) {
        const asked = yield* (yield* process(board, "ingestor", name)).report(holding)
        assert.strictEqual(asked.fingerprint(old), fingerprint)
      }
      assert.strictEqual(yield* (yield* reader(board)).fingerprint(Redacted.make("old")), fingerprint)
    })
  },
  {
    name: "makes a new key when the old one is lost, and every report after it is made with that",
    promise: Effect.fnUntraced(function*(board) {
      const instances = yield* reader(board)
      const before = yield* instances.fingerprint(old)
      const one = yield* process(board, "ingestor", "i-1")
      yield* one.report(holding)
      yield* board.forget
      const after = yield* instances.fingerprint(old)
      assert.notStrictEqual(after, before)
      yield* one.report(holding)
      assert.strictEqual((yield* instances.list).instances[0]?.holdings["DB_PASS"]?.slots.CURRENT, after)
    })
  },
  {
    name: "forgets who has ended, and who has been silent for a minute",
    promise: Effect.fnUntraced(function*(board) {
      const instances = yield* reader(board)
      yield* Effect.scoped(Effect.flatMap(process(board, "alerter", "ended"), (gone) => gone.report(holding)))
      assert.deepStrictEqual(yield* names(instances), [])
      const one = yield* process(board, "ingestor", "i-1")
      yield* (yield* process(board, "alerter", "silent")).report(holding)
      yield* one.report(holding)
      yield* board.silence(59)
      assert.deepStrictEqual(yield* names(instances), ["i-1", "silent"])
      yield* one.report(holding)
      yield* board.silence(2)
      assert.deepStrictEqual(yield* names(instances), ["i-1"])
    })
  },
  {
    name: "tells every process what is asked, at once and with its next report, for a minute",
    promise: Effect.fnUntraced(function*(board) {
      const instances = yield* reader(board)
      const [one, two] = [yield* process(board, "ingestor", "i-1"), yield* process(board, "alerter", "a-1")]
      const first = yield* one.report(holding)
      assert.deepStrictEqual([first.refresh, first.proofs.size], ["", 0])
      yield* instances.requestRefresh
      const { refresh } = yield* one.report(holding)
      assert.notStrictEqual(refresh, "")
      yield* instances.requestRefresh
      assert.notStrictEqual((yield* one.report(holding)).refresh, refresh)

      yield* instances.prove("DB_PASS", "00000000")
      const request = yield* instances.prove("DB_PASS", "0a1b2c3d")
      const other = yield* instances.prove("REDIS_PASS", "4e5f6a7b")
      for (const asked of [yield* one.report(holding), yield* two.report(holding)]) {
        assert.deepStrictEqual(
          asked.proofs,
          new Map([
            ["DB_PASS", { request, fingerprint: "0a1b2c3d" }],
            ["REDIS_PASS", { request: other, fingerprint: "4e5f6a7b" }]
          ])
        )
      }
      yield* board.silence(61)
      assert.strictEqual((yield* one.report(holding)).proofs.size, 0)
    })
  },
  {
    name: "wakes every process that listens",
    promise: Effect.fnUntraced(function*(board) {
      const instances = yield* reader(board)
      // One element may only say that the listener listens now.
      const heard = yield* Effect.forEach(
        ["i-1", "i-2"],
        (name) =>
          Effect.flatMap(
            process(board, "ingestor", name),
            ({ arrivals }) => Effect.forkScoped(Stream.runDrain(Stream.take(arrivals, 3)))
          )
      )
      yield* Effect.forkScoped(Effect.forever(Effect.andThen(instances.requestRefresh, Effect.yieldNow)))
      yield* Effect.forEach(heard, (fiber) => Fiber.join(fiber))
    })
  }
]
