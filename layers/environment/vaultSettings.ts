import { Config } from "effect"
import type { VaultAddress } from "./Environment.ts"
import { hidden, optionalSetting, setting, type ValuesOf } from "./setting.ts"

/** Where Vault is and how to log in to it; wanted with `MUTT_SECRETS=vault` only. */
export const vaultSettings = {
  vaultAddress: optionalSetting("VAULT_ADDR", Config.NonEmptyString),
  vaultCa: optionalSetting("VAULT_CACERT", Config.NonEmptyString),
  vaultRole: hidden(optionalSetting("VAULT_ROLE_ID", Config.NonEmptyString)),
  vaultSecretIdFile: hidden(optionalSetting("VAULT_SECRET_ID_FILE", Config.NonEmptyString)),
  vaultMount: hidden(setting("VAULT_KV_MOUNT", Config.NonEmptyString, "secret")),
  vaultPath: hidden(setting("VAULT_SECRETS_PATH", Config.NonEmptyString, "secret/mutt/prod")),
  vaultAdminPath: hidden(optionalSetting("VAULT_ADMIN_SECRETS_PATH", Config.NonEmptyString)),
  vaultTransitMount: hidden(setting("VAULT_TRANSIT_MOUNT", Config.NonEmptyString, "transit")),
  vaultTransitKey: hidden(optionalSetting("VAULT_TRANSIT_KEY", Config.NonEmptyString))
}

type Values = ValuesOf<typeof vaultSettings>

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])$/

export const vaultProblems = (values: Partial<Values>): ReadonlyArray<string> => {
  const missing = [
    ["VAULT_ADDR", values.vaultAddress],
    ["VAULT_ROLE_ID", values.vaultRole],
    ["VAULT_SECRET_ID_FILE", values.vaultSecretIdFile]
  ].flatMap(([name, value]) => value === undefined ? [`${name} is not set, and MUTT_SECRETS=vault needs it.`] : [])
  if (values.vaultAddress === undefined) return missing
  const url = URL.parse(values.vaultAddress)
  const good = url?.protocol === "https:" || (url?.protocol === "http:" && loopback.test(url.hostname))
  return good ? missing : [...missing, "VAULT_ADDR must be an https URL, or http to this machine."]
}

export const vaultAddress = (values: Values): VaultAddress | undefined => {
  const { vaultAddress: address, vaultMount: mount, vaultPath: path, vaultRole, vaultSecretIdFile } = values
  if (address === undefined || vaultRole === undefined || vaultSecretIdFile === undefined) return undefined
  const { vaultTransitKey: key } = values
  const transit = key === undefined ? undefined : { mount: values.vaultTransitMount, key }
  return {
    address,
    caPath: values.vaultCa,
    roleId: vaultRole,
    secretIdFile: vaultSecretIdFile,
    mount,
    path,
    adminPath: values.vaultAdminPath,
    transit
  }
}
