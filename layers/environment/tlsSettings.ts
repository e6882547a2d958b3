import { Config } from "effect"
import type { TlsFiles, TlsSettings } from "./Environment.ts"
import { between, hidden, inMillis, optionalSetting, setting } from "./setting.ts"

/** Whether a client must show a certificate, where it is asked for one. */
export const clientAuth = (name: string) => Config.Literals(["optional", "required"], name)

export const tlsSettings = {
  certFile: optionalSetting("SERVER_TLS_CERT_FILE", Config.NonEmptyString),
  keyFile: hidden(optionalSetting("SERVER_TLS_KEY_FILE", Config.NonEmptyString)),
  clientCaFile: optionalSetting("SERVER_TLS_CLIENT_CA_FILE", Config.NonEmptyString),
  clientAuth: setting("SERVER_TLS_CLIENT_AUTH", clientAuth, "optional"),
  reloadMs: inMillis(setting("SERVER_TLS_RELOAD_SECONDS", between(1, 3_600), 5)),
  warnDays: setting("SERVER_TLS_WARN_DAYS", between(0, 365), 14)
}

/** The files of a listener that has a certificate. */
export const tlsFiles = (settings: TlsSettings | undefined): TlsFiles | undefined => {
  const { certFile, keyFile } = settings ?? {}
  return settings === undefined || certFile === undefined || keyFile === undefined
    ? undefined
    : { ...settings, certFile, keyFile }
}

type FileSettings = Partial<Pick<TlsSettings, "certFile" | "keyFile" | "clientCaFile" | "clientAuth">>

/** What is wrong with the files of one listener, by the names of its settings. */
export const tlsProblems = (prefix: string, { certFile, clientAuth, clientCaFile, keyFile }: FileSettings) => {
  const problems: Array<string> = []
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [set, unset] = certFile === undefined ? ["KEY", "CERT"] : ["CERT", "KEY"]
    problems.push(`${prefix}_${unset}_FILE is not set, and ${prefix}_${set}_FILE needs it.`)
  }
  if (certFile === undefined && clientCaFile !== undefined) {
    problems.push(`${prefix}_CERT_FILE is not set, and ${prefix}_CLIENT_CA_FILE needs it.`)
  }
  if (clientAuth === "required" && clientCaFile === undefined) {
    problems.push(`${prefix}_CLIENT_CA_FILE is not set, and ${prefix}_CLIENT_AUTH=required needs it.`)
  }
  return problems
}
