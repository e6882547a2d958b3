import { Effect } from "effect"
import type { Listener } from "../../../layers/check/certificateItems.ts"
import { Environment, type TlsFiles, type TlsSettings } from "../../../layers/environment/Environment.ts"
import { EnvironmentInvalid } from "../../../layers/environment/setting.ts"
import { tlsFiles, tlsProblems } from "../../../layers/environment/tlsSettings.ts"
import { parseClientSenders } from "../../../src/logic/clientSenders.ts"
import { IngestorSettings, type IngestorValues } from "../IngestorSettings.ts"
import type { SyslogTls } from "./tlsHandshakes.ts"

/** Reads the settings of the listener for syslog over TLS. */
export const syslogTls = Effect.gen(function*() {
  const settings = yield* IngestorSettings
  const { tls } = yield* Environment
  const senders = parseClientSenders(settings.clientSenders ?? "")
  const listener: SyslogTls = {
    files: yield* filesOf(settings, tls),
    handshakeMs: settings.syslogTlsHandshakeSeconds * 1_000,
    senders: typeof senders === "string" ? new Map<string, string>() : senders
  }
  return listener
})

/** What can be said of its certificate before a start. */
export const syslogListener: Listener<Environment | IngestorSettings> = {
  item: "certificate of syslog",
  settings: "SYSLOG_TLS_CERT_FILE and SYSLOG_TLS_KEY_FILE",
  files: Effect.gen(function*() {
    const settings = yield* IngestorSettings
    return settings.syslogTlsPort === 0 ? undefined : yield* filesOf(settings, (yield* Environment).tls)
  })
}

/** The listener's own files, or those of the HTTP server. */
const filesOf = (own: IngestorValues, shared: TlsSettings | undefined): Effect.Effect<TlsFiles, EnvironmentInvalid> => {
  const certFile = own.syslogTlsCertFile
  const keyFile = own.syslogTlsKeyFile
  const clientCaFile = own.syslogTlsClientCaFile ?? shared?.clientCaFile
  const clientAuth = own.syslogTlsClientAuth ?? shared?.clientAuth ?? "optional"
  const files = tlsFiles({
    certFile: certFile ?? shared?.certFile,
    keyFile: certFile === undefined ? shared?.keyFile : keyFile,
    clientCaFile,
    clientAuth,
    reloadMs: shared?.reloadMs ?? 5_000,
    warnDays: shared?.warnDays ?? 14
  })
  const problems = [
    ...(certFile === undefined && keyFile === undefined ? [] : tlsProblems("SYSLOG_TLS", { certFile, keyFile })),
    ...(clientAuth === "required"
      ? tlsProblems("SYSLOG_TLS", { certFile: "", keyFile: "", clientAuth, clientCaFile })
      : [])
  ]
  if (problems.length === 0 && files === undefined) {
    problems.push("SYSLOG_TLS_PORT is set, and needs SYSLOG_TLS_CERT_FILE or SERVER_TLS_CERT_FILE.")
  }
  return files === undefined || problems.length > 0
    ? Effect.fail(new EnvironmentInvalid({ problems }))
    : Effect.succeed(files)
}
