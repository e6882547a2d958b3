import { Effect } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import type { LoginOptions } from "../../../layers/vault/login.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

/** How the web-ui logs in at Vault to write secrets, with a role of its own; `undefined`: it writes none. */
export const rotatorLogin: Effect.Effect<LoginOptions | undefined, never, Environment | WebUiSettings> = Effect.gen(
  function*() {
    const { secrets: { vault } } = yield* Environment
    const { rotatorRole: role, rotatorRoleId: roleId, rotatorSecretIdFile: secretIdFile } = yield* WebUiSettings
    if (vault === undefined) return undefined
    if (vault.auth === "kubernetes" || vault.auth === "cert") {
      if (role !== undefined) return { ...vault, role, login: "rotator" as const }
      // An AppRole beside another method is where that is by default.
      if (roleId === undefined || secretIdFile === undefined) return undefined
      return { auth: "approle" as const, authMount: undefined, roleId, secretIdFile, login: "rotator" as const }
    }
    return roleId === undefined || secretIdFile === undefined
      ? undefined
      : { auth: "approle" as const, authMount: vault.authMount, roleId, secretIdFile, login: "rotator" as const }
  }
)
