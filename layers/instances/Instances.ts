import { Context, type Effect, Schema, type Stream } from "effect"
import type { Program } from "../../src/domain/Settings.ts"

/** The registry does not answer (`unreachable`), or holds something that is no report (`unreadable`). */
export class InstancesUnavailable extends Schema.TaggedError<InstancesUnavailable>()("InstancesUnavailable", {
  reason: Schema.Literals(["unreachable", "unreadable"]),
  detail: Schema.String
}) {}

/** What all processes report of themselves, and how long a report counts. */
export interface Topic<State> {
  /** Hash in Redis: instance → its newest report. */
  readonly key: string
  /** A process that has reported nothing for so long counts as ended. */
  readonly silentMs: number
  readonly decode: (report: unknown) => Effect.Effect<State, Schema.SchemaError>
  /** States of one revision count as the same: the first is kept, and only another one is announced on the channel. */
  readonly revision?: { readonly of: (state: State) => string; readonly channel: string }
}

/** The newest report of one process. Times are epoch milliseconds of the registry's own clock. */
export type Report<State> = State & {
  readonly program: Program
  readonly instance: string
  /** When it first reported this revision; as `seen` for a topic without revisions. */
  readonly since: number
  readonly seen: number
}

export interface Running<State> {
  readonly now: number
  /** By name of the instance. */
  readonly instances: ReadonlyArray<Report<State>>
}

/** The registry of running processes: each reports its state by topic, and anybody lists who runs. */
export class Instances extends Context.Service<Instances, {
  /** Reports the state of this process, which is removed from the registry when the scope ends. */
  readonly report: <State>(topic: Topic<State>, state: State) => Effect.Effect<void, InstancesUnavailable>
  readonly list: <State>(topic: Topic<State>) => Effect.Effect<Running<State>, InstancesUnavailable>
  /** An element when a process reports another revision. Some may be lost. */
  readonly changes: <State>(topic: Topic<State>) => Stream.Stream<void, InstancesUnavailable>
}>()("mutt/layers/instances/Instances") {}
