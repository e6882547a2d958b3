import { Effect, FileSystem, Layer, Option, type PlatformError, Schema, Stream } from "effect"
import { redact } from "./redact.ts"
import { SecretStore, SecretStoreUnavailable } from "./SecretStore.ts"

const sizeLimit = 1_048_576
const readableByOthers = 0o077

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))

/**
 * Secrets from a file: one flat JSON object of names and texts, readable by its owner alone.
 *
 * The file is looked at each second (inode, time, size) instead of being watched, so that a replaced file,
 * a file behind a symbolic link and a file on a network share are all noticed.
 */
export const SecretStoreFile = (path: string) =>
  Layer.effect(
    SecretStore,
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem

      const unavailable = (detail: string) => new SecretStoreUnavailable({ store: `file ${path}`, detail })
      const broken = (error: PlatformError.PlatformError) =>
        unavailable(`The file cannot be read: ${error.reason._tag}.`)

      const read = Effect.gen(function*() {
        const info = yield* Effect.mapError(files.stat(path), broken)
        if ((info.mode & readableByOthers) !== 0) {
          return yield* unavailable(
            `The file may be read by others (mode ${(info.mode & 0o777).toString(8)}); run: chmod 600 '${path}'.`
          )
        }
        if (Number(info.size) > sizeLimit) return yield* unavailable(`The file is larger than ${sizeLimit} bytes.`)
        const text = yield* Effect.mapError(files.readFileString(path), broken)
        const values = yield* Effect.mapError(
          decode(text),
          () => unavailable("The file is not one flat JSON object of names and texts.")
        )
        return redact(values)
      })

      const stamp = files.stat(path).pipe(
        Effect.map((info) =>
          [
            info.dev,
            Option.getOrElse(info.ino, () => 0n),
            Option.getOrUndefined(info.mtime)?.getTime(),
            info.mode,
            info.size
          ].join(":")
        ),
        Effect.orElseSucceed(() => "absent")
      )

      const changes = Stream.unwrap(Effect.gen(function*() {
        let last = yield* stamp
        return Stream.fromEffectRepeat(Effect.delay(stamp, "1 second")).pipe(
          Stream.filter((now) => {
            const changed = now !== last
            last = now
            return changed
          }),
          Stream.map(() => undefined)
        )
      }))

      return SecretStore.of({ kind: "file", read, changes })
    })
  )
