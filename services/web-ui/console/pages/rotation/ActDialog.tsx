import { type FormEvent, useId, useState } from "react"
import type { Blocker, RotationStatus, RotationStep } from "../../../../../src/domain/Rotation.ts"
import { RotationBlocked } from "../../../../../src/domain/RotationError.ts"
import { mayBreak } from "../../../../../src/logic/rotationBlockers.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { Action } from "../../parts/Action.tsx"
import { Dialog } from "../../parts/Dialog.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { doIt } from "./act.ts"
import { Blocks } from "./Blocks.tsx"
import type { Act } from "./next.ts"
import { inTheWayOf } from "./track.ts"
import { kindWords, provedBy, stepVerbs } from "./words.ts"

/** What is in the way, and for which step. */
interface InTheWay {
  readonly step: RotationStep | undefined
  readonly blocks: ReadonlyArray<Blocker>
}

/**
 * Asks before a rotation is started, turned back, forced or ended. What ends the old value wants its name typed; what
 * is forced wants a reason, and says what may break.
 */
export const ActDialog = ({ act, close, status }: {
  readonly act: Act
  readonly status: RotationStatus
  readonly close: () => void
}) => {
  const { kind, secret } = status
  const id = useId()
  const [reason, setReason] = useState("")
  const [auto, setAuto] = useState(false)
  const [typed, setTyped] = useState("")
  const [force, setForce] = useState(false)
  const [doing, setDoing] = useState(false)
  const [trouble, setTrouble] = useState<TroubleType | undefined>(undefined)
  const [inTheWay, setInTheWay] = useState<InTheWay>(
    act === "start" || act === "rollback" || act === "resume"
      ? { step: undefined, blocks: [] }
      : { step: status.next_step ?? undefined, blocks: inTheWayOf(status) }
  )
  const blocked = inTheWay.blocks.length > 0
  const toTheEnd = (act === "start" && auto) || (act === "resume" && status.direction === "forward")
  const ends = act === "retire" || (toTheEnd && kind !== "key")
  const ready = (!ends || typed === secret) && (!blocked || (force && reason.trim() !== ""))
  const run = async () => {
    setDoing(true)
    setTrouble(undefined)
    try {
      await doIt(secret, act, { reason, auto, force: blocked && force })
      close()
    } catch (error) {
      if (error instanceof RotationBlocked) setInTheWay({ step: error.step, blocks: error.blocks })
      setTrouble(troubleOf(error))
      setDoing(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready && !doing) void run()
  }
  const mayForce = blocked && act !== "start" && act !== "resume"
  return (
    <Dialog title={titleOf(act, status)} close={close}>
      <form onSubmit={submit}>
        <p>{introOf(act, status)}</p>
        {act === "start" && (
          <label className="row">
            <input type="checkbox" checked={auto} onChange={(event) => setAuto(event.target.checked)} />
            {kind === "key" ? "Go on by itself until both keys are accepted" : "Go on by itself to the end"}
          </label>
        )}
        {blocked && <Blocks blocks={inTheWay.blocks} />}
        {mayForce && (
          <label className="row">
            <input type="checkbox" checked={force} onChange={(event) => setForce(event.target.checked)} />
            Do it in spite of that
          </label>
        )}
        {mayForce && force && inTheWay.step !== undefined &&
          mayBreak(inTheWay.step, inTheWay.blocks).map((line) => <p key={line} role="alert">▲ {line}</p>)}
        {ends && (
          <div className="field">
            <label htmlFor={id}>
              {toTheEnd
                ? "The old value is retired at the end, and there is no way back then."
                : "There is no way back."} Type {secret}
            </label>
            <input
              id={id}
              autoComplete="off"
              spellCheck={false}
              maxLength={100}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </div>
        )}
        <Reason value={reason} set={setReason} required={mayForce && force} />
        {trouble !== undefined && <Trouble of={trouble} />}
        <div className="actions">
          <button type="button" onClick={close}>Leave it</button>
          <Action
            needs="admin"
            type="submit"
            className={ends || mayForce ? "danger" : "primary"}
            disabled={!ready || doing}
          >
            {doing ? "Doing it…" : verbOf(act)}
          </Action>
        </div>
      </form>
    </Dialog>
  )
}

const verbOf = (act: Act): string => {
  if (act === "start") return "Start"
  if (act === "rollback") return "Turn back"
  return act === "resume" ? "Go on" : stepVerbs[act]
}

const titleOf = (act: Act, { kind, secret }: RotationStatus): string => {
  if (act === "start") return `Rotate ${secret}, a ${kindWords[kind]}`.replace("a API", "an API")
  return act === "rollback" ? `Turn ${secret} back` : `${verbOf(act)} ${secret}`
}

const introOf = (act: Act, { kind }: RotationStatus): string => {
  if (act === "start") {
    return "A fresh value is put into the store beside the one in use. Until the old one is retired, all of it can be turned back."
  }
  if (act === "rollback") return "It goes back by itself until all is as it was. Nobody is cut off on the way."
  return act === "resume" ? "It goes on by itself from where it stands." : `Afterwards: ${provedBy(act, kind)}`
}
