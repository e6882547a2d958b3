import { Context, type Effect, type Stream } from "effect"
import type { Fingerprint } from "../secret/fingerprint.ts"
import type { SecretInstance, SecretInstancesUnavailable } from "./SecretInstances.ts"

/** What this process says of itself. */
export type SecretReport = Pick<SecretInstance, "stale" | "holdings">

/** What is asked of every process. */
export interface Asked {
  /** Another value each time somebody asks to read the stores; empty as long as nobody has. */
  readonly nudge: string
  /** Name → the newest request for a fresh connection with the value of that fingerprint. Forgotten after a minute. */
  readonly proofs: ReadonlyMap<string, { readonly request: string; readonly fingerprint: string }>
  /** What the report was made with. */
  readonly fingerprint: Fingerprint
}

/** The side of `SecretInstances` where each process says what it holds and hears what is asked. It is forgotten when its scope ends. */
export class SecretReports extends Context.Service<SecretReports, {
  /** Answers what is asked at this time. `make` may be called again: the key of the fingerprints is renewed when it was lost. */
  readonly report: (
    make: (fingerprint: Fingerprint) => SecretReport
  ) => Effect.Effect<Asked, SecretInstancesUnavailable>
  /** An element when it is time to report because somebody asks. One may be lost: report now and then anyhow. */
  readonly asks: Stream.Stream<void, SecretInstancesUnavailable>
}>()("mutt/layers/instances/SecretReports") {}
