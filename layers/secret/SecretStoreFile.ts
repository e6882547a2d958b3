import { Effect, FileSystem, Layer, Option, Stream } from "effect"
import { secretValues } from "../../src/domain/SecretValues.ts"
import { ProcessFacts } from "../environment/ProcessFacts.ts"
import { withoutEmpty } from "./names.ts"
import { secretFile } from "./secretFile.ts"
import { SecretStore } from "./SecretStore.ts"

const anythingByOthers = 0o077
const anythingButGroupReads = 0o037

/**
 * Whether nobody may read the file whom its owner did not choose: its owner alone, or, as Kubernetes mounts a secret,
 * root and one group that is ours.
 */
const isClosed = ({ gid, mode, uid }: FileSystem.File.Info, groups: ReadonlyArray<number>): boolean =>
  (mode & anythingByOthers) === 0 ||
  ((mode & anythingButGroupReads) === 0 && Option.contains(uid, 0) && Option.exists(gid, (id) => groups.includes(id)))

/**
 * Reads secrets from a file that nobody else may read. It is checked each second (inode, time, size) and not watched,
 * so that a change is seen behind a symbolic link (a mount of Kubernetes swaps one) and on a network share too.
 */
export const SecretStoreFile = (path: string) =>
  Layer.effect(
    SecretStore,
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem

      const { parse, readText } = secretFile(files, path)

      const { groups } = yield* ProcessFacts

      const read = readText((info) =>
        isClosed(info, groups())
          ? undefined
          : `The file may be read by others (mode ${(info.mode & 0o777).toString(8)}); run: chmod 600 '${path}'.`
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
