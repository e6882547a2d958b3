import { Context, Effect, Layer } from "effect"
import { ArchiveStore } from "./ArchiveStore.ts"
import { ArchiveStoreFile } from "./ArchiveStoreFile.ts"
import { ArchiveStoreS3 } from "./ArchiveStoreS3.ts"

/** Opens an archive by the kind of its URL: a folder, or a bucket. */
export const ArchiveStoreLayer = Layer.effect(
  ArchiveStore,
  Effect.gen(function*() {
    const folders = Context.get(yield* Layer.build(ArchiveStoreFile), ArchiveStore)
    const buckets = Context.get(yield* Layer.build(ArchiveStoreS3), ArchiveStore)
    return ArchiveStore.of({ open: (place) => (place.startsWith("s3:") ? buckets : folders).open(place) })
  })
)
