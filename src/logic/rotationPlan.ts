import { Result } from "effect"
import type {
  Direction,
  RotationOutcome,
  RotationRecord,
  RotationState,
  RotationStep,
  SecretKind,
  Slots
} from "../domain/Rotation.ts"

/** One effect on store or server. A list that was cut off may be done again from its start. */
export type Action<V> =
  | { readonly _tag: "write"; readonly slots: Slots<V> }
  /** The server takes this value from now on; PostgreSQL takes no other any more. */
  | { readonly _tag: "accept"; readonly value: V }
  /** Redis takes this value no more. */
  | { readonly _tag: "revoke"; readonly value: V }

export interface Plan<V> {
  readonly actions: ReadonlyArray<Action<V>>
  readonly state: RotationState
  readonly direction: Direction
}

export interface PlanContext<V> {
  readonly kind: SecretKind
  readonly direction: Direction
  readonly slots: Slots<V>
  readonly same: (a: V, b: V) => boolean
  /** A value nobody has seen. */
  readonly fresh: () => V
}

const after = <V>(
  state: RotationState,
  direction: Direction,
  ...actions: ReadonlyArray<Action<V>>
): Result.Result<Plan<V>, string> => Result.succeed({ actions, state, direction })

const nextIsGone = Result.fail("NEXT is not in the store any more; somebody else took it out.")
const write = <V>(slots: Slots<V>): Action<V> => ({ _tag: "write", slots })
const accept = <V>(value: V): Action<V> => ({ _tag: "accept", value })

/**
 * Plans what a step does, from what the store holds now. The order keeps everybody logged in: a value is in the store
 * before a server accepts it, and a server accepts the other one before a value leaves the store. A step may be cut off
 * anywhere and begun again: what the store holds says what was done. Fails when the store holds what no step leaves
 * behind.
 */
export const plan = <V>(step: RotationStep, context: PlanContext<V>): Result.Result<Plan<V>, string> => {
  const { direction, fresh, kind, same, slots: { current, next, previous } } = context
  const isKey = kind === "key"
  switch (step) {
    case "stage": {
      // A NEXT that is there may be in use, also one put there by hand. A PREVIOUS was left by another rotation.
      const adopted = next !== undefined && !same(next, current)
      const staged = adopted ? next : fresh()
      if (previous === undefined) {
        return adopted ? after("STAGED", direction) : after("STAGED", direction, write({ current, next: staged }))
      }
      const used = isKey || same(previous, current) || same(previous, staged)
      const left: ReadonlyArray<Action<V>> = used ? [] : [{ _tag: "revoke", value: previous }]
      return after("STAGED", direction, ...left, write({ current, next: staged }))
    }
    case "apply":
      return next === undefined ? nextIsGone : after("APPLIED", direction, accept(next))
    case "verify":
      return next === undefined ? nextIsGone : after("VERIFIED", direction)
    case "promote":
      if (previous !== undefined && (isKey || next === undefined)) return after("PROMOTED", direction)
      if (next === undefined) return nextIsGone
      // Callers may come with the old key until it is retired, so it stays one that is taken.
      return after(
        "PROMOTED",
        direction,
        write(isKey ? { current: next, next: current, previous: current } : { current: next, previous: current })
      )
    case "drain":
      return after("DRAINED", direction)
    case "retire":
      if (isKey) return after("STEADY", direction, write({ current }))
      if (previous === undefined) return after("STEADY", direction)
      return same(previous, current)
        ? after("STEADY", direction, write({ current, next }))
        : after("STEADY", direction, { _tag: "revoke", value: previous }, write({ current, next }))
    case "discard":
      // A NEXT that somebody took out of the store may be what the server takes.
      return isKey
        ? after("STEADY", "back", write({ current }))
        : after("STEADY", "back", accept(current), write({ current }))
    case "revert":
      if (next === undefined) {
        return previous === undefined ? nextIsGone : after("PROMOTED", "back")
      }
      return after("PROMOTED", "back", accept(current), write({ current, previous: next }))
    case "turn":
      if (isKey) {
        if (next === undefined || previous === undefined) return nextIsGone
        return same(previous, current)
          ? after("PROMOTED", "back")
          : after("PROMOTED", "back", write({ current: next, next: current, previous: next }))
      }
      if (previous !== undefined) return after("STAGED", "back", write({ current, next: previous }))
      return next === undefined ? nextIsGone : after("STAGED", "back")
  }
}

/** The step after a state. Keys have no server, so nothing is applied, verified or drained. */
export const nextStep = (kind: SecretKind, state: RotationState): RotationStep => {
  switch (state) {
    case "STEADY":
      return "stage"
    case "STAGED":
      return kind === "key" ? "promote" : "apply"
    case "APPLIED":
      return "verify"
    case "VERIFIED":
      return "promote"
    case "PROMOTED":
      return kind === "key" ? "retire" : "drain"
    case "DRAINED":
      return "retire"
  }
}

/** The step that an open rotation does next: the one that is pending again, or the one after its state. */
export const nextOf = ({ kind, pending, state }: Pick<RotationRecord, "kind" | "pending" | "state">): RotationStep =>
  pending ?? nextStep(kind, state)

/** Whether the controller goes on by itself. A person retires a key, knowing that every caller has the new one. */
export const goesOn = (kind: SecretKind, state: RotationState): boolean =>
  state !== "STEADY" && !(kind === "key" && state === "PROMOTED")

/**
 * The step that a rollback begins with. A NEXT may be in use however far this rotation came, since it may have been
 * there before, so a server is put back to CURRENT in any case.
 */
export const rollbackStep = <V>(kind: SecretKind, { next, previous }: Slots<V>): RotationStep =>
  previous !== undefined ? "turn" : kind === "key" || next === undefined ? "discard" : "revert"

export const outcomeOf = (direction: Direction): RotationOutcome =>
  direction === "forward" ? "completed" : "rolled_back"
