import { Effect, Schedule } from "effect"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import type { Secrets } from "../secret/Secrets.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import type { SecretHolding, SecretRequests } from "./SecretInstances.ts"

/** Connects to a server with a secret. */
export interface Connector {
  /** Generation → open connections. */
  readonly connections: Effect.Effect<ReadonlyMap<number, number>>
  /** Logs in once with this value, over a connection of its own. */
  readonly prove: (
    candidate: CredentialVersion
  ) => Effect.Effect<void, { readonly reason: string; readonly message: string }>
}

/**
 * Checks on request whether this process can log in with the value of a fingerprint. Each request is answered once. A
 * value that was proved is preferred from then on, so that it costs no refused login when the other one stops working.
 */
export const makeLoginCheck = (secrets: Secrets["Service"], connectors: ReadonlyMap<string, Connector>) => {
  const begun = new Map<string, string>()
  const proofs = new Map<string, SecretHolding["proof"]>()

  const attempt = Effect.fnUntraced(
    function*(name: string, connector: Connector, wanted: string, asked: SecretRequests) {
      const candidates = yield* secrets.candidates(name)
      const candidate = candidates.find(({ value }) => asked.fingerprint(value) === wanted)
      if (candidate === undefined) return "This process does not hold that value."
      yield* connector.prove(candidate).pipe(
        // Any other failure says nothing about the value.
        Effect.retry({ schedule: trouble, while: ({ reason }) => reason !== "refused" })
      )
      yield* secrets.worked(name, candidate)
      return ""
    },
    Effect.catch(({ message }) => Effect.succeed(message.slice(0, longest)))
  )

  /** Starts the checks that are new in `asked`; each calls `done` at its end. */
  const prove = (asked: SecretRequests, done: Effect.Effect<void>) =>
    Effect.forEach(connectors, ([name, connector]) => {
      const wanted = asked.proofs.get(name)
      if (wanted === undefined || begun.get(name) === wanted.request) return Effect.void
      begun.set(name, wanted.request)
      return attempt(name, connector, wanted.fingerprint, asked).pipe(
        Effect.flatMap((detail) => {
          if (begun.get(name) !== wanted.request) return Effect.void
          proofs.set(name, { request: wanted.request, ok: detail === "", detail })
          return done
        }),
        droppedAt("secrets.prove", "A password could not be proved."),
        Effect.forkScoped
      )
    }, { discard: true })

  return { proofs, prove }
}

const longest = 300
const trouble = Schedule.spaced("200 millis").pipe(Schedule.upTo({ times: 2 }))
