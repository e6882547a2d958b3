import type { RotationStatus, RotationStep, SecretKind } from "../../../../../src/domain/Rotation.ts"
import { inTheWayOf, isOpen } from "./track.ts"

export const kindWords: Readonly<Record<SecretKind, string>> = {
  postgres: "password of PostgreSQL",
  redis: "password of Redis",
  key: "API key"
}

/** What a step does, as a button says it. */
export const stepVerbs: Readonly<Record<RotationStep, string>> = {
  stage: "Stage",
  apply: "Apply",
  verify: "Verify",
  promote: "Promote",
  drain: "Drain",
  retire: "Retire",
  discard: "Discard",
  revert: "Revert",
  turn: "Turn"
}

/** What is proved once a step is done. */
export const provedBy = (step: RotationStep, kind: SecretKind): string => {
  if (step === "apply") {
    return kind === "postgres"
      ? "Every process holds NEXT, and the server takes NEXT alone."
      : "Every process holds NEXT, and the server takes both."
  }
  if (step === "promote" && kind === "key") return "What was NEXT is CURRENT; both are accepted."
  if (step === "retire" && kind === "key") return "The old key is accepted no more. There is no way back."
  return proofs[step]
}

const proofs: Readonly<Record<Exclude<RotationStep, "apply">, string>> = {
  stage: "A fresh value is in the store as NEXT; nobody uses it.",
  verify: "Every process that connects has logged in with NEXT once.",
  promote: "What was NEXT is CURRENT; the old value waits as PREVIOUS.",
  drain: "No process and no server knows of a connection with the old value.",
  retire: "The old value is gone from the server and the store. There is no way back.",
  discard: "NEXT is gone from the store.",
  revert: "The server takes CURRENT again.",
  turn: "The old value is NEXT, and goes the same way."
}

/** A driver that has been silent for longer is taken for dead. */
const driverLostMs = 10_000

export const isDriven = ({ driver }: Pick<RotationStatus, "driver">): boolean =>
  driver !== null && driver.seen_ms <= driverLostMs

/** Where it stands, in one sentence. */
export const standing = (status: RotationStatus): string => {
  const { direction, id, kind, next_step, outcome, state } = status
  if (id === null) return "It was never rotated here."
  if (!isOpen(status)) {
    return outcome === "rolled_back"
      ? "The last rotation was turned back."
      : "The last rotation is complete."
  }
  const back = direction === "back" ? "On its way back. " : ""
  if (kind === "key" && state === "PROMOTED") {
    return `${back}Both keys are accepted. Give the new one to every caller, then retire the old one.`
  }
  const what = next_step === null ? "" : `${stepVerbs[next_step]} comes next`
  const blocked = inTheWayOf(status).length
  if (blocked > 0) {
    return `${back}${what}, and ${blocked === 1 ? "one thing is" : `${blocked} things are`} in its way.`
  }
  return isDriven(status) ? `${back}${what}, by itself.` : `${back}${what}.`
}
