import { Context, type Effect, type Redacted, Schema, type Stream } from "effect"
import type { Fingerprint } from "../secret/fingerprint.ts"
import type { InstancesUnavailable, Report, Running, Topic } from "./Instances.ts"

/** What one process reports of one secret. */
const SecretHolding = Schema.Struct({
  /** Grows whenever either value changes in this process; starts anew with it. */
  generation: Schema.Int,
  /** Slot → fingerprint. */
  slots: Schema.Struct({ CURRENT: Schema.optionalKey(Schema.String), NEXT: Schema.optionalKey(Schema.String) }),
  /** Generation → open connections logged in with it. Absent when this process opens none with the secret. */
  connections: Schema.optional(Schema.Record(Schema.String, Schema.Int)),
  /** How the newest login check that was asked for went; `detail` is empty when it went well. */
  proof: Schema.optional(Schema.Struct({ request: Schema.String, ok: Schema.Boolean, detail: Schema.String }))
})
export type SecretHolding = typeof SecretHolding.Type

const State = Schema.Struct({
  /** The process cannot read its store; it goes on with what it read before. */
  stale: Schema.Boolean,
  /** Name (`DB_PASS`, `INGEST_API_KEY`, …) → what it holds. */
  holdings: Schema.Record(Schema.String, SecretHolding)
})
type State = typeof State.Type

/** The secrets that each process holds. Every process reports each second and at each change. */
export const secretTopic: Topic<State> = {
  key: "mutt:{secrets}:instances",
  silentMs: 60_000,
  decode: Schema.decodeUnknownEffect(State)
}
export type SecretInstance = Report<State>
export type SecretFleet = Running<State>

/** What is asked of every process now. */
export interface SecretRequests {
  /** Another value each time somebody asks for a refresh; empty as long as nobody has. */
  readonly refresh: string
  /** Name → the newest request for a login check with the value of that fingerprint. Forgotten after a minute. */
  readonly proofs: ReadonlyMap<string, { readonly request: string; readonly fingerprint: string }>
  /** Reports are made with it: it is the same in all processes, an HMAC under a random key that Redis keeps. */
  readonly fingerprint: Fingerprint
}

/** The secrets that the running processes hold, and what a rotation asks of these processes. */
export class SecretInstances extends Context.Service<SecretInstances, {
  readonly list: Effect.Effect<SecretFleet, InstancesUnavailable>
  /** Asks every process to read its store now. */
  readonly requestRefresh: Effect.Effect<void, InstancesUnavailable>
  /**
   * Asks every process that connects with this secret to log in with the value of this fingerprint, and answers the
   * name of the request. A process that does not hold that value reports that it failed.
   */
  readonly prove: (name: string, fingerprint: string) => Effect.Effect<string, InstancesUnavailable>
  readonly fingerprint: (value: Redacted.Redacted) => Effect.Effect<string, InstancesUnavailable>
  readonly requests: Effect.Effect<SecretRequests, InstancesUnavailable>
  /** An element when somebody asks for something. Some may be lost: read the requests now and then anyhow. */
  readonly arrivals: Stream.Stream<void, InstancesUnavailable>
}>()("mutt/layers/instances/SecretInstances") {}
