import { Clock, Effect } from "effect"
import { bad, type ConfigFinding, good } from "../../src/domain/ConfigFinding.ts"
import type { TlsFiles } from "../environment/Environment.ts"
import type { EnvironmentInvalid } from "../environment/setting.ts"
import { type PairFiles, readCertificate } from "../tls/certificateFiles.ts"

const day = 86_400_000

export const settingProblem = (problem: string): ConfigFinding =>
  bad("settings", problem, "see docs/CONFIGURATION.md#static-settings")

/** From now on; negative when it is over. */
export const wholeDays = (expiresAt: number) =>
  Effect.map(Clock.currentTimeMillis, (now) => Math.floor((expiresAt - now) / day))

/** The pair can be used, does not end soon, and the key is nobody else's. */
export const certificateFinding = (
  item: string,
  files: PairFiles & Pick<TlsFiles, "warnDays">,
  fix: string
): Effect.Effect<ConfigFinding> =>
  Effect.gen(function*() {
    const read = yield* Effect.result(readCertificate(files))
    if (read._tag === "Failure") return bad(item, read.failure.message, fix)
    const { expiresAt, keyIsOpen, subject } = read.success
    const days = yield* wholeDays(expiresAt)
    if (days < 0) return bad(item, `${subject} in ${files.certFile} has expired`, "renew it")
    if (days < files.warnDays) {
      return bad(item, `${subject} in ${files.certFile} is good for ${days} days more`, "renew it")
    }
    if (keyIsOpen) {
      return bad(item, `anybody may read its key ${files.keyFile}`, `chmod o= '${files.keyFile}'`)
    }
    return good(item, `${subject}, good for ${days} days`)
  })

/** A listener that may speak TLS, and which settings name its files. */
export interface Listener<R> {
  readonly item: string
  readonly settings: string
  /** `undefined`: it speaks no TLS. */
  readonly files: Effect.Effect<TlsFiles | undefined, EnvironmentInvalid, R>
}

const findingsOf = <R>({ files, item, settings }: Listener<R>): Effect.Effect<ReadonlyArray<ConfigFinding>, never, R> =>
  Effect.gen(function*() {
    const read = yield* Effect.result(files)
    if (read._tag === "Failure") return read.failure.problems.map(settingProblem)
    return read.success === undefined ? [] : [yield* certificateFinding(item, read.success, `correct ${settings}`)]
  })

/** The certificates of the listeners, where they have some, can be used and do not end soon. */
export const certificateItems = <R>(
  listeners: ReadonlyArray<Listener<R>>
): Effect.Effect<ReadonlyArray<ConfigFinding>, never, R> =>
  Effect.map(Effect.forEach(listeners, findingsOf), (found) => found.flat())
