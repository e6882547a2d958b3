import { Effect, Layer, Path } from "effect"
import { type Archive, ArchiveStore } from "../../layers/archive/ArchiveStore.ts"
import { ArchiveStoreFile } from "../../layers/archive/ArchiveStoreFile.ts"
import { ArchiveStoreS3 } from "../../layers/archive/ArchiveStoreS3.ts"
import { S3Settings, s3Settings } from "../../layers/archive/S3Settings.ts"
import { EnvironmentLayerWith } from "../../layers/environment/EnvironmentLayer.ts"
import { SecretLayer } from "../../layers/secret/SecretLayer.ts"
import { VaultLayer } from "../../layers/vault/VaultLayer.ts"
import { failedWith } from "./api.ts"

/** Reads the same environment as the web-ui program, and the key from the same secret store. */
const Buckets = ArchiveStoreS3.pipe(
  Layer.provide(SecretLayer),
  Layer.provide(VaultLayer),
  Layer.provide(EnvironmentLayerWith("web-ui", S3Settings, s3Settings))
)

/** Opens the archive in a folder, or in the bucket that a URL names. */
export const withArchive = <A, E, R>(place: string, use: (archive: Archive) => Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const inBucket = place.startsWith("s3://")
    const paths = yield* Path.Path
    const stores = yield* Layer.build(inBucket ? Buckets : ArchiveStoreFile)
    const archive = yield* ArchiveStore.use(({ open }) => open(inBucket ? place : `file://${paths.resolve(place)}`))
      .pipe(Effect.provide(stores))
    return archive
  }).pipe(
    Effect.mapError((error) => failedWith(error._tag === "ArchiveFailed" ? error.detail : error.message)),
    Effect.flatMap(use),
    Effect.scoped
  )
