import { Config } from "effect"
import type { VaultAddress, VaultAuth } from "./Environment.ts"
import { hidden, optionalSetting, setting, type ValuesOf } from "./setting.ts"

/** Where Vault is and how to log in to it; wanted with `MUTT_SECRETS=vault` only. */
export const vaultSettings = {
  vaultAddress: optionalSetting("VAULT_ADDR", Config.NonEmptyString),
  vaultCa: optionalSetting("VAULT_CACERT", Config.NonEmptyString),
  vaultAuth: hidden(
    setting("VAULT_AUTH", (name) => Config.Literals(["approle", "kubernetes", "cert"], name), "approle")
  ),
  vaultAuthMount: hidden(optionalSetting("VAULT_AUTH_MOUNT", Config.NonEmptyString)),
  vaultRole: hidden(optionalSetting("VAULT_ROLE_ID", Config.NonEmptyString)),
  vaultSecretIdFile: hidden(optionalSetting("VAULT_SECRET_ID_FILE", Config.NonEmptyString)),
  vaultK8sRole: hidden(optionalSetting("VAULT_K8S_ROLE", Config.NonEmptyString)),
  vaultK8sTokenFile: hidden(
    setting(
      "VAULT_K8S_TOKEN_FILE",
      Config.NonEmptyString,
      "/var/run/secrets/kubernetes.io/serviceaccount/token"
    )
  ),
  vaultCertRole: hidden(optionalSetting("VAULT_CERT_ROLE", Config.NonEmptyString)),
  vaultClientCert: hidden(optionalSetting("VAULT_CLIENT_CERT", Config.NonEmptyString)),
  vaultClientKey: hidden(optionalSetting("VAULT_CLIENT_KEY", Config.NonEmptyString)),
  vaultMount: hidden(setting("VAULT_KV_MOUNT", Config.NonEmptyString, "secret")),
  vaultPath: hidden(setting("VAULT_SECRETS_PATH", Config.NonEmptyString, "secret/mutt/prod")),
  vaultAdminPath: hidden(optionalSetting("VAULT_ADMIN_SECRETS_PATH", Config.NonEmptyString)),
  vaultTransitMount: hidden(setting("VAULT_TRANSIT_MOUNT", Config.NonEmptyString, "transit")),
  vaultTransitKey: hidden(optionalSetting("VAULT_TRANSIT_KEY", Config.NonEmptyString))
}

type Values = ValuesOf<typeof vaultSettings>

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])$/

/** What each way to log in wants, beside what has a default. */
const wanted = {
  approle: [["VAULT_ROLE_ID", "vaultRole"], ["VAULT_SECRET_ID_FILE", "vaultSecretIdFile"]],
  kubernetes: [["VAULT_K8S_ROLE", "vaultK8sRole"]],
  cert: [["VAULT_CLIENT_CERT", "vaultClientCert"], ["VAULT_CLIENT_KEY", "vaultClientKey"]]
} as const

export const vaultProblems = (values: Partial<Values>): ReadonlyArray<string> => {
  const auth = values.vaultAuth ?? "approle"
  const missing = [
    ...(values.vaultAddress === undefined ? ["VAULT_ADDR is not set, and MUTT_SECRETS=vault needs it."] : []),
    ...wanted[auth].flatMap(([name, field]) =>
      values[field] === undefined
        ? [`${name} is not set, and ${auth === "approle" ? "MUTT_SECRETS=vault" : `VAULT_AUTH=${auth}`} needs it.`]
        : []
    )
  ]
  if (values.vaultAddress === undefined) return missing
  if (auth === "cert" && URL.parse(values.vaultAddress)?.protocol === "http:") {
    return [...missing, "VAULT_ADDR must be an https URL: VAULT_AUTH=cert shows a certificate in the handshake of TLS."]
  }
  const url = URL.parse(values.vaultAddress)
  const good = url?.protocol === "https:" || (url?.protocol === "http:" && loopback.test(url.hostname))
  return good ? missing : [...missing, "VAULT_ADDR must be an https URL, or http to this machine."]
}

const vaultAuth = (values: Values): VaultAuth | undefined => {
  const { vaultClientCert: certFile, vaultClientKey: keyFile, vaultK8sRole, vaultRole, vaultSecretIdFile } = values
  switch (values.vaultAuth) {
    case "kubernetes":
      return vaultK8sRole === undefined
        ? undefined
        : { auth: "kubernetes", role: vaultK8sRole, tokenFile: values.vaultK8sTokenFile }
    case "cert":
      return certFile === undefined || keyFile === undefined
        ? undefined
        : { auth: "cert", role: values.vaultCertRole, certFile, keyFile }
    case "approle":
      return vaultRole === undefined || vaultSecretIdFile === undefined
        ? undefined
        : { auth: "approle", roleId: vaultRole, secretIdFile: vaultSecretIdFile }
  }
}

export const vaultAddress = (values: Values): VaultAddress | undefined => {
  const { vaultAddress: address, vaultMount: mount, vaultPath: path, vaultTransitKey: key } = values
  const auth = vaultAuth(values)
  if (address === undefined || auth === undefined) return undefined
  const transit = key === undefined ? undefined : { mount: values.vaultTransitMount, key }
  return {
    address,
    caPath: values.vaultCa,
    ...auth,
    authMount: values.vaultAuthMount,
    mount,
    path,
    adminPath: values.vaultAdminPath,
    transit
  }
}
