import type { RotationStatus, RotationStepped } from "../../../../../src/domain/Rotation.ts"
import { ask } from "../../api/client.ts"
import { rememberReason } from "../../parts/Reason.tsx"
import { notify } from "../../shell/Notices.tsx"
import { isOpen } from "./track.ts"
import { readRotationAgain } from "./useRotation.ts"

/** Steps that a person may do one by one. */
export type StepAct = "apply" | "verify" | "promote" | "drain" | "retire"
/** What may be done with a rotation. */
export type Act = StepAct | "start" | "rollback" | "resume"

export interface How {
  readonly reason: string
  /** Only to start: go on to the end by itself. */
  readonly auto?: boolean
  /** In spite of what blocks. */
  readonly force?: boolean
}

const because = (reason: string) => reason.trim() === "" ? {} : { reason: reason.trim() }

const call = (secret: string, act: Act, { auto = false, force = false, reason }: How): Promise<RotationStepped> =>
  ask((api) =>
    act === "start"
      ? api.rotation.start({ params: { secret }, payload: { ...because(reason), ...(auto ? { auto } : {}) } })
      : api.rotation[act]({ params: { secret }, payload: { ...because(reason), ...(force ? { force } : {}) } })
  )

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

const said = ({ may_break, secret, state }: RotationStepped, act: Act): string => {
  if (act === "rollback") return `${secret} turns back.`
  if (act === "resume") return `${secret} goes on by itself.`
  return [`${secret} is ${state}.`, ...may_break].join(" ")
}

/** Does it, and says so; until the old value is retired it can be turned back. */
export const doIt = async (secret: string, act: Act, how: How): Promise<void> => {
  try {
    const done = await call(secret, act, how)
    rememberReason(how.reason)
    const turnBack = async () => {
      await call(secret, "rollback", { reason: "Taken back" })
      await readRotationAgain()
    }
    notify(said(done, act), isOpen(done) && done.direction === "forward" ? { undo: turnBack } : {})
  } finally {
    await readRotationAgain()
  }
}
