import { Context, type Effect } from "effect"
import type { SecretIdLife, VaultFailed } from "./Vault.ts"

/** A login at Vault: how long its secret_id lives, and the option of `vault-init.sh` that makes a new one. */
export interface AppRoleLogin {
  readonly option: "--secret-id-file" | "--webui-file" | "--rotator-file"
  readonly secretId: Effect.Effect<SecretIdLife, VaultFailed>
}

/** The roles that this process logs in to Vault with; none where secrets are kept elsewhere. */
export const AppRoleLogins = Context.Reference<ReadonlyArray<AppRoleLogin>>("mutt/layers/vault/AppRoleLogins", {
  defaultValue: () => []
})
