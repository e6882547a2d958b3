import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { ArchiveStoreLayer } from "../../../layers/archive/ArchiveStoreLayer.ts"
import { S3Settings } from "../../../layers/archive/S3Settings.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { makeSecretStoreMemory } from "../../../test/layers/secret/SecretStoreMemory.ts"

/** Archives in folders, and in the buckets of the stand-in that answers there. */
export const stores = (s3Endpoint: string | undefined) =>
  Layer.unwrap(
    Effect.map(makeSecretStoreMemory({ ARCHIVE_S3_KEY: "standin:standin-secret" }), (secrets) =>
      ArchiveStoreLayer.pipe(
        Layer.provide(Layer.succeed(S3Settings, { s3Endpoint, s3Region: "us-east-1", s3CaFile: undefined })),
        Layer.provide(SecretsFromStore.pipe(Layer.provide(secrets.layer))),
        Layer.provide(NodeServices.layer)
      ))
  )
