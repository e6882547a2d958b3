import type { RotationStatus } from "../../../../../src/domain/Rotation.ts"

/** Steps that a person may do one by one. */
export type StepAct = "apply" | "verify" | "promote" | "drain" | "retire"
/** What may be done with a rotation. */
export type Act = StepAct | "start" | "rollback" | "resume"

/** What a person may do next. A turn that was begun and is not known to be done is taken up where it stands. */
export const actOf = ({ next_step }: Pick<RotationStatus, "next_step">): StepAct | "resume" | undefined => {
  switch (next_step) {
    case null:
      return undefined
    case "apply":
    case "verify":
    case "promote":
    case "drain":
    case "retire":
      return next_step
    case "stage":
    case "discard":
    case "revert":
    case "turn":
      return "resume"
  }
}
