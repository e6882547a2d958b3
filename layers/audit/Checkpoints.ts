import { Context, Effect, FileSystem, Layer, Schema } from "effect"
import { Checkpoint } from "../../src/domain/ChainEntry.ts"

/** The checkpoints cannot be read or written. */
export class CheckpointsUnavailable extends Schema.TaggedError<CheckpointsUnavailable>()("CheckpointsUnavailable", {
  detail: Schema.String
}) {}

/** Keeps heads of the audit chain outside the database, where whoever rewrites the database does not reach them. */
export class Checkpoints extends Context.Service<Checkpoints, {
  readonly add: (checkpoint: Checkpoint) => Effect.Effect<void, CheckpointsUnavailable>
  /** Oldest first. */
  readonly all: Effect.Effect<ReadonlyArray<Checkpoint>, CheckpointsUnavailable>
}>()("mutt/layers/audit/Checkpoints") {}

const decodeLine = Schema.decodeUnknownEffect(Schema.fromJsonString(Checkpoint))

/** Appends one JSON object per line to a file of mode 0600. */
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

/** Keeps checkpoints in memory: for tests, and where no file is set. */
export const CheckpointsMemory = Layer.sync(Checkpoints, () => {
  const kept: Array<Checkpoint> = []
  return Checkpoints.of({
    add: (checkpoint) => Effect.sync(() => void kept.push(checkpoint)),
    all: Effect.sync(() => [...kept])
  })
})
