import { Effect, Layer } from "effect"
import { SecretInstancesRedis } from "../../../layers/instances/SecretInstancesRedis.ts"
import { RedisAclLayer } from "../../../layers/redis/RedisAclLayer.ts"
import { SecretWriterLayer } from "../../../layers/secret/SecretWriterLayer.ts"
import { type AppRoleLogin, AppRoleLogins } from "../../../layers/vault/AppRoleLogins.ts"
import { AppRoleLoginsLayer } from "../../../layers/vault/AppRoleLoginsLayer.ts"
import { Vault } from "../../../layers/vault/Vault.ts"
import { VaultAs } from "../../../layers/vault/VaultLayer.ts"
import { CredentialTargetsLayer } from "./CredentialTargetsLayer.ts"
import { RotationControllerLayer } from "./RotationControllerLayer.ts"
import { RotationJournalPostgres } from "./RotationJournalPostgres.ts"
import { rotatorLogin } from "./rotatorLogin.ts"

/** Logs in with a role that no other program has, and that may write secrets. */
const RotatorVault = Layer.unwrap(Effect.map(rotatorLogin, VaultAs))
const hasRotator = Effect.map(rotatorLogin, (login) => login !== undefined)

const Writer = Layer.unwrap(Effect.map(hasRotator, (has) => SecretWriterLayer(has ? RotatorVault : undefined)))

/** Both logins of the web-ui at Vault: the one that reads, and the one that writes. */
export const AppRoleLoginsOfWebUi = Layer.effect(
  AppRoleLogins,
  Effect.gen(function*() {
    const logins = yield* AppRoleLogins
    const rotator = yield* rotatorLogin
    if (rotator === undefined || (rotator.auth ?? "approle") !== "approle") return logins
    const { secretId } = yield* Effect.provide(Vault, yield* Layer.build(RotatorVault))
    return [...logins, { option: "--rotator-file", secretId } satisfies AppRoleLogin]
  })
).pipe(Layer.provide(AppRoleLoginsLayer))

/** Rotates secrets over real servers. */
export const Rotation = RotationControllerLayer.pipe(
  Layer.provide([RotationJournalPostgres, CredentialTargetsLayer, SecretInstancesRedis, Writer]),
  Layer.provide(RedisAclLayer)
)
