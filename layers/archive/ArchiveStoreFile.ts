import { Effect, FileSystem, Layer, PlatformError, Stream } from "effect"
import { randomUuid } from "../random/secureRandom.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { type Archive, ArchiveFailed, ArchiveStore } from "./ArchiveStore.ts"

/**
 * Keeps archives in folders. An object is written beside its name, synced, and linked to it: a reader, a crash and
 * another writer see all of it or nothing, and a name that is taken stays as it is.
 */
export const ArchiveStoreFile = Layer.effect(
  ArchiveStore,
  Effect.map(FileSystem.FileSystem, (files) =>
    ArchiveStore.of({
      open: (place) =>
        place.startsWith("file:///")
          ? Effect.succeed(folder(files, place.slice("file://".length)))
          : Effect.fail(new ArchiveFailed({ detail: "This kind of archive is not known to this version." }))
    }))
)

const folder = (files: FileSystem.FileSystem, root: string): Archive => {
  const sync = (path: string, flag: "r" | "r+") =>
    Effect.scoped(Effect.flatMap(files.open(path, { flag }), (file) => file.sync))

  const put: Archive["put"] = Effect.fnUntraced(function*(name, bytes) {
    const path = `${root}/${name}`
    const parent = path.slice(0, path.lastIndexOf("/"))
    const draft = `${path}.${randomUuid()}.part`
    yield* Effect.gen(function*() {
      yield* files.makeDirectory(parent, { recursive: true })
      yield* Stream.run(bytes, files.sink(draft, { flag: "wx", mode: 0o640 }))
      yield* sync(draft, "r+")
      yield* files.link(draft, path)
    }).pipe(
      Effect.ensuring(
        files.remove(draft, { force: true }).pipe(droppedAt("archive.draft", "A draft was left in the archive."))
      )
    )
    yield* sync(parent, "r")
  }, Effect.mapError((error) => error instanceof PlatformError.PlatformError ? failed(error) : error))

  return {
    put,
    get: (name) => Stream.mapError(files.stream(`${root}/${name}`), failed),
    list: (of) =>
      files.readDirectory(of === "" ? root : `${root}/${of}`).pipe(
        Effect.map((names) => names.map((name) => of === "" ? name : `${of}/${name}`)),
        Effect.catchIf(({ reason }) => reason._tag === "NotFound", () => Effect.succeed([])),
        Effect.mapError(failed)
      )
  }
}

const failed = ({ message }: PlatformError.PlatformError) => new ArchiveFailed({ detail: message })
