import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { statSync } from "node:fs"
import { AuditChain, AuditChainUnavailable } from "../../../layers/audit/AuditChain.ts"
import { CheckpointsMade } from "../../../layers/audit/AuditLayer.ts"
import { Checkpoints, CheckpointsFile } from "../../../layers/audit/Checkpoints.ts"

it.effect("a checkpoint is made at the start and each minute, also after one that could not be made", () =>
  Effect.gen(function*() {
    let made = 0
    const chain = Layer.mock(AuditChain, {
      checkpoint: Effect.suspend(() =>
        ++made === 2 ? Effect.fail(new AuditChainUnavailable({ detail: "away" })) : Effect.succeed(undefined)
      )
    })
    yield* Layer.build(CheckpointsMade.pipe(Layer.provide(chain)))
    yield* TestClock.adjust("59 seconds")
    assert.strictEqual(made, 1)
    yield* TestClock.adjust("1 second")
    assert.strictEqual(made, 2)
    yield* TestClock.adjust("10 minutes")
    assert.strictEqual(made, 12)
  }).pipe(Effect.provide(Logger.layer([]))))

it.effect("a file of checkpoints is only ever appended to, and its owner's alone", () =>
  Effect.gen(function*() {
    const path = `${yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()}/checkpoints.jsonl`
    const mark = (seq: number) => ({ seq, entryHash: "0".repeat(64), at: "2026-11-28T04:00:00.000Z" })
    const one = Checkpoints.use((checkpoints) => checkpoints.add(mark(1))).pipe(Effect.provide(CheckpointsFile(path)))
    yield* one
    yield* Effect.gen(function*() {
      const checkpoints = yield* Checkpoints
      yield* checkpoints.add(mark(2))
      assert.deepStrictEqual((yield* checkpoints.all).map(({ seq }) => seq), [1, 2])
    }).pipe(Effect.provide(CheckpointsFile(path)))
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
  }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer)))
