import { Context, Effect, FileSystem, Layer, Schema } from "effect"
import { Checkpoint } from "../../src/domain/ChainEntry.ts"

/** The checkpoints cannot be read or written. */
export class CheckpointsUnavailable extends Schema.TaggedError<CheckpointsUnavailable>()("CheckpointsUnavailable", {
  detail: Schema.String
}) {}

/** Where the audit chain stood at certain times, kept outside the database: whoever rewrites the one does not reach the other. */
export class Checkpoints extends Context.Service<Checkpoints, {
  readonly add: (checkpoint: Checkpoint) => Effect.Effect<void, CheckpointsUnavailable>
  /** Oldest first. */
  readonly all: Effect.Effect<ReadonlyArray<Checkpoint>, CheckpointsUnavailable>
}>()("mutt/layers/audit/Checkpoints") {}

const decodeLine = Schema.decodeUnknownEffect(Schema.fromJsonString(Checkpoint))

/** One JSON object per line, only ever appended to, mode 0600. */
export const CheckpointsFile = (path: string) =>
  Layer.effect(
    Checkpoints,
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const add = (checkpoint: Checkpoint) =>
        files.writeFileString(path, `${JSON.stringify(checkpoint)}\n`, { flag: "a", mode: 0o600 }).pipe(
          Effect.mapError((error) => new CheckpointsUnavailable({ detail: error.message }))
        )
      const all = Effect.gen(function*() {
        if (!(yield* files.exists(path))) return []
        const lines = (yield* files.readFileString(path)).split("\n").filter((line) => line !== "")
        return yield* Effect.forEach(lines, (line) => decodeLine(line))
      }).pipe(Effect.mapError((error) => new CheckpointsUnavailable({ detail: error.message })))
      return Checkpoints.of({ add, all })
    })
  )

/** For tests, and for programs without a place to keep them. */
export const CheckpointsMemory = Layer.sync(Checkpoints, () => {
  const kept: Array<Checkpoint> = []
  return Checkpoints.of({
    add: (checkpoint) => Effect.sync(() => void kept.push(checkpoint)),
    all: Effect.sync(() => [...kept])
  })
})
