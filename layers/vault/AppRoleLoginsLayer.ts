import { Effect, Layer } from "effect"
import { Environment } from "../environment/Environment.ts"
import { type AppRoleLogin, AppRoleLogins } from "./AppRoleLogins.ts"
import { Vault } from "./Vault.ts"

/** The one login of a program. */
export const AppRoleLoginsLayer = Layer.effect(
  AppRoleLogins,
  Effect.gen(function*() {
    const { program, secrets } = yield* Environment
    const { secretId } = yield* Vault
    // A service account and a certificate are renewed by those who made them.
    if (secrets.kind !== "vault" || (secrets.vault?.auth ?? "approle") !== "approle") return []
    return [{ option: program === "web-ui" ? "--webui-file" : "--secret-id-file", secretId } satisfies AppRoleLogin]
  })
)
