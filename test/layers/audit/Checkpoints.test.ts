import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { statSync } from "node:fs"
import { Checkpoints, CheckpointsFile } from "../../../layers/audit/Checkpoints.ts"

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
