import { Effect, Schedule } from "effect"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import { BothCredentialsRefused, type SecretMissing, type Secrets } from "./Secrets.ts"

/** Two more tries of a transient failure, after about 100 and 200 ms. */
const twice = Schedule.exponential("100 millis").pipe(Schedule.jittered, Schedule.upTo({ times: 2 }))

/**
 * Retry, then fall back: does `attempt` with the preferred value of a secret, and with the other one only when the first is refused.
 *
 * A failure that is no refusal (the server is away, slow, not to be found) is retried on the same value and then passed on:
 * it says nothing about the value. Who calls this in a loop has to pause between calls. `transient: "fail"` is for who has somebody else to ask.
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
