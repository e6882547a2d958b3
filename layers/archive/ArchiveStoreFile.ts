import { Effect, FileSystem, Layer, PlatformError, Stream } from "effect"
import { randomUuid } from "../random/secureRandom.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { type Archive, ArchiveFailed, type ArchiveReason, ArchiveStore } from "./ArchiveStore.ts"

/**
 * Keeps archives in folders. An object is written beside its name, synced, and linked to it: a reader, a crash and
 * another writer see all of it or nothing, and a name that is taken stays as it is.
 */
export const ArchiveStoreFile = Layer.effect(
  ArchiveStore,
  Effect.map(FileSystem.FileSystem, (files) =>
    ArchiveStore.of({
      open: Effect.fnUntraced(function*(place) {
        if (!place.startsWith("file:///")) {
          return yield* new ArchiveFailed({
            reason: "unset",
            detail: "This kind of archive is not known to this version."
          })
        }
        const root = place.slice("file://".length)
        // It is not made: what is not mounted would fill the disk that it is mounted on.
        yield* Effect.mapError(files.readDirectory(root), (error) =>
          error.reason._tag === "NotFound"
            ? new ArchiveFailed({ reason: "absent", detail: `There is no folder ${root}.` })
            : failed(error))
        return folder(files, root)
      })
    }))
)

const folder = (files: FileSystem.FileSystem, root: string): Archive => {
  const sync = (path: string, flag: "r" | "r+") =>
    Effect.scoped(Effect.flatMap(files.open(path, { flag }), (file) => file.sync))

  /** Of processes that were killed. One that still writes fails when it comes to its end. */
  const removeDrafts = Effect.fnUntraced(function*(parent: string, path: string) {
    for (const name of yield* files.readDirectory(parent)) {
      const other = `${parent}/${name}`
      if (other.startsWith(`${path}.`) && other.endsWith(".part")) yield* files.remove(other, { force: true })
    }
  })

  const put: Archive["put"] = Effect.fnUntraced(function*(name, bytes) {
    const path = `${root}/${name}`
    const parent = path.slice(0, path.lastIndexOf("/"))
    const draft = `${path}.${randomUuid()}.part`
    yield* Effect.gen(function*() {
      yield* files.makeDirectory(parent, { recursive: true })
      yield* removeDrafts(parent, path)
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
    get: (name) =>
      Stream.mapError(
        files.stream(`${root}/${name}`),
        (error) =>
          error.reason._tag === "NotFound"
            ? new ArchiveFailed({ reason: "gone", detail: error.message })
            : failed(error)
      ),
    list: (of) =>
      files.readDirectory(of === "" ? root : `${root}/${of}`).pipe(
        Effect.map((names) => names.map((name) => of === "" ? name : `${of}/${name}`)),
        Effect.catchIf(({ reason }) => reason._tag === "NotFound", () => Effect.succeed([])),
        Effect.mapError(failed)
      )
  }
}

const reasons: Readonly<Record<string, ArchiveReason>> = {
  NotFound: "absent",
  AlreadyExists: "taken",
  PermissionDenied: "denied"
}

const failed = ({ message, reason }: PlatformError.PlatformError) =>
  new ArchiveFailed({ reason: reasons[reason._tag] ?? "failed", detail: message })
