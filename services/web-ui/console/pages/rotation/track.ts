import type {
  Blocker,
  RotationEntry,
  RotationState,
  RotationStatus,
  RotationStep,
  SecretKind
} from "../../../../../src/domain/Rotation.ts"

/** A step on the way, and how far it is. `stuck`: something keeps it from being done. */
export interface Stop {
  readonly step: RotationStep
  readonly is: "done" | "next" | "stuck" | "ahead"
  /** The entry that says how it ended. */
  readonly entry: RotationEntry | undefined
}

const way: Readonly<Record<SecretKind, ReadonlyArray<RotationStep>>> = {
  postgres: ["stage", "apply", "verify", "promote", "drain", "retire"],
  redis: ["stage", "apply", "verify", "promote", "drain", "retire"],
  // No server knows a key, so nothing is applied, verified or drained.
  key: ["stage", "promote", "retire"]
}
const reachedBy: Readonly<Record<RotationState, RotationStep | undefined>> = {
  STEADY: undefined,
  STAGED: "stage",
  APPLIED: "apply",
  VERIFIED: "verify",
  PROMOTED: "promote",
  DRAINED: "drain"
}
const turns: ReadonlySet<RotationStep> = new Set(["discard", "revert", "turn"])

export const isOpen = ({ closed_at, id }: Pick<RotationStatus, "id" | "closed_at">): boolean =>
  id !== null && closed_at === null

/** What is in the way of the next step. Proofs that are missing come with the step itself. */
export const inTheWayOf = ({ blocks, next_step }: Pick<RotationStatus, "blocks" | "next_step">) =>
  blocks.filter(({ code }) => next_step !== "verify" || code !== "proof_missing")

/** The steps of a rotation in order. One that turned back begins with the step that turned it. */
export const trackOf = (status: RotationStatus): ReadonlyArray<Stop> => {
  const { kind, next_step, state, steps } = status
  const turned = steps.findLastIndex(({ phase, step }) => turns.has(step) && phase === "done")
  const since = steps.slice(Math.max(0, turned))
  const turning = next_step !== null && turns.has(next_step) ? [next_step] : []
  const turnedBy = turned < 0 ? undefined : steps[turned]?.step
  const order = [...(turnedBy === undefined ? turning : [turnedBy]), ...(turning.length > 0 ? [] : way[kind])]
    // Turning puts the other value in place, as staging does.
    .filter((step) => turnedBy === undefined || step !== "stage")
  const reached = order.indexOf(isOpen(status) ? reachedBy[state] ?? "stage" : "stage")
  return order.map((step, at) => {
    const entry = since.findLast((one) => one.step === step && one.phase !== "intent")
    if (!isOpen(status)) return { step, is: "ahead", entry: undefined }
    if (step === next_step) return { step, is: inTheWayOf(status).length > 0 ? "stuck" : "next", entry }
    return { step, is: turns.has(step) || at <= reached ? "done" : "ahead", entry }
  })
}

/** Slots that the store or any process has, in the order in which a value passes through them. */
export const slotsIn = ({ instances, slots }: Pick<RotationStatus, "instances" | "slots">): ReadonlyArray<string> =>
  ["NEXT", "CURRENT", "PREVIOUS"].filter((slot) =>
    slots[slot] !== undefined || instances.some((one) => one.slots[slot] !== undefined)
  )

/** `3 of g5, 1 of g4`: connections by the generation of the value that opened them; the own one first. */
export const generationsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts).sort(([a], [b]) => Number(b) - Number(a))
    .map(([generation, open]) => `${open} of g${generation}`).join(", ")

/** Are any of these opened by an older value than the process holds? */
export const hasOld = (
  counts: Readonly<Record<string, number>>,
  { generation }: { readonly generation: number | null }
): boolean => generation !== null && Object.keys(counts).some((one) => Number(one) !== generation)

/** What to do about something that blocks. */
export const adviceOf = ({ code }: Pick<Blocker, "code">): string => advice[code]

const advice: Readonly<Record<Blocker["code"], string>> = {
  nobody_reports: "See on Fleet whether the programs run and reach Redis.",
  instance_silent: "See on Fleet whether it runs. One that is gone for good leaves the list by itself.",
  value_not_held: "It reads the store again within seconds. When it stays, see its check “secrets” on Fleet.",
  old_value_held: "It reads the store again within seconds. When it stays, see its check “secrets” on Fleet.",
  proof_missing: "It tries by itself within seconds. Wait.",
  proof_failed: "The server refused NEXT, or did not answer it. Correct that, or turn back.",
  old_connections: "They are replaced as they come back to the pool. A long query keeps one: wait for it.",
  old_sessions: "They end with that process. When it hangs, end it, or its sessions at the server.",
  account_shared: "Give the programs an account of their own, or rotate this one by hand."
}
