import type { RotationStepped } from "../../../../../src/domain/Rotation.ts"
import { ask } from "../../api/client.ts"
import { rememberReason } from "../../parts/Reason.tsx"
import { notify } from "../../shell/Notices.tsx"
import type { Act } from "./next.ts"
import { isOpen } from "./track.ts"
import { readRotationAgain } from "./useRotation.ts"

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
