import { Effect, FileSystem, Layer, Option, Stream } from "effect"
import { secretValues } from "../../src/domain/SecretValues.ts"
import { withoutEmpty } from "./names.ts"
import { secretFile } from "./secretFile.ts"
import { SecretStore } from "./SecretStore.ts"

const readableByOthers = 0o077

/**
 * Reads secrets from a file that its owner alone may read. It is checked each second (inode, time, size) and not
 * watched, so that a change is seen behind a symbolic link and on a network share too.
 */
export const SecretStoreFile = (path: string) =>
  Layer.effect(
    SecretStore,
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem

      const { parse, readText } = secretFile(files, path)

      const read = readText(({ mode }) =>
        (mode & readableByOthers) === 0
          ? undefined
          : `The file may be read by others (mode ${(mode & 0o777).toString(8)}); run: chmod 600 '${path}'.`
      ).pipe(Effect.flatMap(parse), Effect.map((texts) => withoutEmpty(secretValues(texts))))

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
