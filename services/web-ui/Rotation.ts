import { Effect, Layer } from "effect"
import { RedisUsersLayer } from "../../layers/redis/RedisUsersLayer.ts"
import { LoginServersLayer } from "../../layers/rotation/LoginServersLayer.ts"
import { RotationJournalPostgres } from "../../layers/rotation/RotationJournalPostgres.ts"
import { RotatorLayer } from "../../layers/rotation/RotatorLayer.ts"
import { SecretInstancesRedis } from "../../layers/secret/SecretInstancesRedis.ts"
import { SecretWriterLayer } from "../../layers/secret/SecretWriterLayer.ts"
import { VaultAs } from "../../layers/vault/VaultLayer.ts"
import { WebUiSettings } from "./WebUiSettings.ts"

/** Writes secrets, in Vault with a role that no other program has. */
const Writer = Layer.unwrap(Effect.map(WebUiSettings, ({ rotatorRole, rotatorSecretIdFile }) =>
  SecretWriterLayer(
    rotatorRole === undefined || rotatorSecretIdFile === undefined
      ? undefined
      : VaultAs({ roleId: rotatorRole, secretIdFile: rotatorSecretIdFile })
  )))

/** The rotation of secrets over real servers. */
export const Rotation = RotatorLayer.pipe(
  Layer.provide([RotationJournalPostgres, LoginServersLayer, SecretInstancesRedis, Writer]),
  Layer.provide(RedisUsersLayer)
)
