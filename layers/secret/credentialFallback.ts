import { Effect, Schedule } from "effect"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import { BothCredentialsRefused, type SecretMissing, type Secrets } from "./Secrets.ts"

/** After about 100 and 200 ms. */
const twice = Schedule.exponential("100 millis").pipe(Schedule.jittered, Schedule.upTo({ times: 2 }))

/**
 * Retries, then falls back: makes an attempt with the preferred value of a secret, and with the other one only when the
 * server refuses it.
 *
 * Any other failure says nothing about the value: it is retried with the same one and then passed on, or at once with
 * `transient: "fail"`, for a caller with another server to ask. A caller in a loop has to pause between calls.
 */
export const withCredentialFallback = <A, E, R>(
  secrets: Secrets["Service"],
  name: string,
  attempt: (candidate: CredentialVersion) => Effect.Effect<A, E, R>,
  isRefusal: (error: E) => boolean,
  transient: "retry" | "fail" = "retry"
): Effect.Effect<A, E | SecretMissing | BothCredentialsRefused, R> =>
  Effect.gen(function*() {
    const candidates = yield* secrets.candidates(name)
    for (const candidate of candidates) {
      const result = yield* attempt(candidate).pipe(
        Effect.retry({ schedule: twice, while: (error) => transient === "retry" && !isRefusal(error) }),
        Effect.result
      )
      if (result._tag === "Success") {
        yield* secrets.worked(name, candidate)
        return result.success
      }
      if (!isRefusal(result.failure)) return yield* Effect.fail(result.failure)
      yield* secrets.refused(name, candidate)
    }
    const { generation } = yield* secrets.get(name)
    const { store } = yield* secrets.status
    const fingerprints = candidates.map(({ fingerprint }) => fingerprint)
    return yield* new BothCredentialsRefused({ name, store, generation, fingerprints })
  })
