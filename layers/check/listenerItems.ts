import { Clock, Effect } from "effect"
import { bad, type ConfigFinding, good } from "../../src/domain/ConfigFinding.ts"
import type { Environment } from "../environment/Environment.ts"
import { tlsFiles } from "../environment/tlsSettings.ts"
import { readCertificate } from "../tls/certificateFiles.ts"

const item = "certificate"
const day = 86_400_000

/** The certificate of the HTTP server, where there is one, can be used and does not end soon. */
export const certificateItems = ({ tls }: Environment["Service"]): Effect.Effect<ReadonlyArray<ConfigFinding>> =>
  Effect.gen(function*() {
    const files = tlsFiles(tls)
    if (files === undefined) return []
    const read = yield* Effect.result(readCertificate(files))
    if (read._tag === "Failure") {
      return [bad(item, read.failure.message, "correct SERVER_TLS_CERT_FILE and SERVER_TLS_KEY_FILE")]
    }
    const { expiresAt, keyIsOpen, subject } = read.success
    const days = Math.floor((expiresAt - (yield* Clock.currentTimeMillis)) / day)
    if (days < files.warnDays) return [bad(item, `${subject} is good for ${days} days more`, "renew it")]
    if (keyIsOpen) return [bad(item, `anybody may read its key ${files.keyFile}`, `chmod o= '${files.keyFile}'`)]
    return [good(item, `${subject}, good for ${days} days`)]
  })
