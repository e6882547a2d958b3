import { Effect, Layer } from "effect"
import type { Alert } from "../../../src/domain/Alert.ts"
import type { CredentialVersion } from "../../../src/domain/Credential.ts"
import { encodeMoogsoft } from "../../../src/encode/moogsoft.ts"
import { Secrets } from "../../secret/Secrets.ts"
import { steadyMillis } from "../../telemetry/steadyTime.ts"
import { Receiver, type ReceiverOptions } from "../Receiver.ts"
import { retry } from "./classify.ts"
import { makeRequest } from "./request.ts"

const keyName = "MOOG_API_KEY"

/**
 * Delivers to Moogsoft's webhook. Each delivery asks `Secrets` for the keys; when one is refused the other is tried,
 * and the one that worked stays preferred.
 */
export const ReceiverMoogsoft = (options: ReceiverOptions) =>
  Layer.effect(
    Receiver,
    Effect.gen(function*() {
      const secrets = yield* Secrets
      const request = yield* makeRequest(options)

      const deliver = Effect.fnUntraced(function*(alert: Alert) {
        const body = JSON.stringify(encodeMoogsoft(alert, options.version))
        const candidates = yield* secrets.candidates(keyName).pipe(
          Effect.catchTag("SecretMissing", () => Effect.succeed<ReadonlyArray<CredentialVersion>>([]))
        )
        const deadline = (yield* steadyMillis) + options.timeoutMs
        const refusals: Array<string> = []
        for (const candidate of candidates) {
          const left = deadline - (yield* steadyMillis)
          const result = yield* request(body, candidate.value, Math.max(left, 1))
          if (result._tag !== "refused") {
            if (result._tag === "delivered" && refusals.length > 0) yield* secrets.worked(keyName, candidate)
            return result
          }
          refusals.push(`${candidate.slot} ${candidate.fingerprint} (HTTP ${result.status})`)
          yield* secrets.refused(keyName, candidate)
        }
        return retry("refused_key", refusals.length === 0 ? `${keyName} is not set` : `refused: ${refusals.join(", ")}`)
      })

      return Receiver.of({ name: "moogsoft", deliver })
    })
  )
