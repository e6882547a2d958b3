import { Clock, Duration, Effect, Metric, type Scope } from "effect"
import type { TlsFiles } from "../environment/Environment.ts"
import { supervised } from "../telemetry/supervised.ts"
import { type Certificate, CertificateUnusable, readFiles } from "./certificateFiles.ts"
import { certificateExpiry, certificateReloads, type TlsListener } from "./metrics.ts"

const day = 86_400_000

/**
 * Gives new certificates to a listener as its files change; open connections go on with the old one.
 *
 * Files are compared by what is in them, so it does not matter how they are replaced: written over, renamed, or behind
 * a link that now points elsewhere. What cannot be used is said once and counted, and the certificate before it stays.
 */
export const followCertificate = (
  listener: TlsListener,
  files: TlsFiles,
  first: Certificate,
  use: (certificate: Certificate) => void
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function*() {
    const expiry = certificateExpiry(listener)
    const reloads = certificateReloads(listener)
    let shown = first
    /** What was looked at last, good or not. */
    let seen = first.hash
    let warned = Number.NEGATIVE_INFINITY

    const look = Effect.gen(function*() {
      const { certificate, hash } = yield* readFiles(files)
      if (hash === seen) return
      seen = hash
      const next = yield* certificate
      const now = yield* Clock.currentTimeMillis
      if (next.expiresAt <= now && shown.expiresAt > now) {
        return yield* new CertificateUnusable({
          reason: "expired",
          detail: `${files.certFile} holds one that has expired`
        })
      }
      if (next.hash === shown.hash) return
      use(next)
      shown = next
      warned = Number.NEGATIVE_INFINITY
      yield* Metric.update(reloads.loaded, 1)
      yield* Metric.update(expiry, next.expiresAt / 1_000)
      yield* sayKeyIsOpen
      yield* Effect.annotateLogs(Effect.logInfo("A new certificate is shown."), inWords(next))
    }).pipe(
      Effect.catch((unusable) =>
        Effect.andThen(
          Metric.update(reloads.unusable, 1),
          Effect.annotateLogs(Effect.logWarning("A changed certificate cannot be used; the one before it stays."), {
            reason: unusable.reason,
            detail: unusable.detail
          })
        )
      )
    )

    const warn = Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      const days = Math.floor((shown.expiresAt - now) / day)
      if (days >= files.warnDays || now - warned < day) return
      warned = now
      const log = days < 0
        ? Effect.logError("The certificate has expired.")
        : Effect.logWarning("The certificate expires soon.")
      yield* Effect.annotateLogs(log, { ...inWords(shown), days })
    })

    const sayKeyIsOpen = Effect.suspend(() =>
      shown.keyIsOpen
        ? Effect.annotateLogs(Effect.logWarning("Every user of this machine may read the key of the certificate."), {
          file: files.keyFile
        })
        : Effect.void
    )

    yield* Metric.update(expiry, first.expiresAt / 1_000)
    for (const series of Object.values(reloads)) yield* Metric.update(series, 0)
    yield* sayKeyIsOpen
    yield* warn
    yield* Effect.sleep(Duration.millis(files.reloadMs)).pipe(
      Effect.andThen(look),
      Effect.andThen(warn),
      Effect.forever,
      supervised(`tls.${listener}`)
    )
  }).pipe(Effect.annotateLogs({ listener }))

const inWords = ({ expiresAt, subject }: Certificate) => ({ subject, expires: new Date(expiresAt).toISOString() })
