import { Effect, Layer } from "effect"
import { SecretInstancesRedis } from "../../../layers/instances/SecretInstancesRedis.ts"
import { RedisAclLayer } from "../../../layers/redis/RedisAclLayer.ts"
import { SecretWriterLayer } from "../../../layers/secret/SecretWriterLayer.ts"
import { VaultAs } from "../../../layers/vault/VaultLayer.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { CredentialTargetsLayer } from "./CredentialTargetsLayer.ts"
import { RotationControllerLayer } from "./RotationControllerLayer.ts"
import { RotationJournalPostgres } from "./RotationJournalPostgres.ts"

/** Writes secrets; in Vault, with a role that no other program has. */
const Writer = Layer.unwrap(Effect.map(WebUiSettings, ({ rotatorRole, rotatorSecretIdFile }) =>
  SecretWriterLayer(
    rotatorRole === undefined || rotatorSecretIdFile === undefined
      ? undefined
      : VaultAs({ roleId: rotatorRole, secretIdFile: rotatorSecretIdFile, login: "rotator" })
  )))

/** Rotates secrets over real servers. */
export const Rotation = RotationControllerLayer.pipe(
  Layer.provide([RotationJournalPostgres, CredentialTargetsLayer, SecretInstancesRedis, Writer]),
  Layer.provide(RedisAclLayer)
)
