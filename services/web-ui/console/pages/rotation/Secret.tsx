import { Link } from "@tanstack/react-router"
import { useState } from "react"
import type { RotationStatus } from "../../../../../src/domain/Rotation.ts"
import { type Trouble as TroubleType, troubleOf } from "../../api/problems.ts"
import { Action } from "../../parts/Action.tsx"
import { Panel } from "../../parts/Panel.tsx"
import { durationText, Time } from "../../parts/Time.tsx"
import { Trouble } from "../../parts/Trouble.tsx"
import { doIt } from "./act.ts"
import { ActDialog } from "./ActDialog.tsx"
import { Blocks } from "./Blocks.tsx"
import { Evidence } from "./Evidence.tsx"
import { Journal } from "./Journal.tsx"
import { type Act, actOf, type StepAct } from "./next.ts"
import { inTheWayOf, isOpen } from "./track.ts"
import { Track } from "./Track.tsx"
import { isDriven, kindWords, standing, stepVerbs } from "./words.ts"

/** One secret: where its rotation stands, by what evidence, and what can be done. */
export const Secret = ({ choose, chosen, status }: {
  readonly status: RotationStatus
  readonly chosen: string | undefined
  readonly choose: (step: string | undefined) => void
}) => {
  const open = isOpen(status)
  const blocks = inTheWayOf(status)
  return (
    <div className="stack">
      <div className="secret-head">
        <h2>{status.secret}</h2>
        <span className="quiet-text">{kindWords[status.kind]}</span>
        <Link to="/audit" search={{ table: "secret_rotation", record: status.secret }}>In the record</Link>
      </div>
      <p className="secret-standing" role="status">{standing(status)}</p>
      {status.id !== null && (
        <p className="quiet-text">
          {open ? "Opened" : "Begun"} <Time at={status.opened_at} ago /> by {status.opened_by ?? "nobody known"}
          {status.reason === null ? "" : `: ${status.reason}`}
        </p>
      )}
      {status.driver !== null && (
        <p className="quiet-text">
          {status.driver.instance} goes on with it; it said so {durationText(status.driver.seen_ms)} ago.
        </p>
      )}
      {status.stopped !== null && open && <p>◆ {status.stopped}</p>}
      {status.missing.map((line) => <p key={line} role="alert">▲ {line}</p>)}
      <Doing status={status} />
      <Track status={status} chosen={chosen} choose={choose} />
      {blocks.length > 0 && (
        <Panel title={`What is in the way of ${status.next_step ?? "it"}`}>
          <Blocks blocks={blocks} />
        </Panel>
      )}
      <Panel title="Evidence">
        <Evidence status={status} />
      </Panel>
      <Panel
        title="Journal"
        actions={chosen !== undefined && <button type="button" onClick={() => choose(undefined)}>All steps</button>}
      >
        <Journal entries={status.steps.filter(({ step }) => chosen === undefined || step === chosen)} />
      </Panel>
    </div>
  )
}

/** The buttons: the step that comes next, going on by itself, force, and the way back. */
const Doing = ({ status }: { readonly status: RotationStatus }) => {
  const [asked, setAsked] = useState<Act | undefined>(undefined)
  const [doing, setDoing] = useState(false)
  const [trouble, setTrouble] = useState<TroubleType | undefined>(undefined)
  const next = actOf(status)
  const run = async (act: StepAct) => {
    setDoing(true)
    setTrouble(undefined)
    try {
      await doIt(status.secret, act, { reason: "" })
    } catch (error) {
      setTrouble(troubleOf(error))
    } finally {
      setDoing(false)
    }
  }
  const driven = isDriven(status)
  const step = next === "resume" || driven ? undefined : next
  const isKeyAtEnd = status.kind === "key" && status.state === "PROMOTED"
  return (
    <div className="stack">
      <div className="row">
        {!isOpen(status) && (
          <Action needs="admin" className="primary" onClick={() => setAsked("start")}>
            Rotate…
          </Action>
        )}
        {step === "retire" && (
          <Action needs="admin" className="danger" onClick={() => setAsked("retire")}>Retire…</Action>
        )}
        {step !== undefined && step !== "retire" && (
          <Action
            needs="admin"
            className="primary"
            disabled={doing}
            onClick={() => void run(step)}
          >
            {doing ? "Doing it…" : stepVerbs[step]}
          </Action>
        )}
        {step !== undefined && step !== "retire" && inTheWayOf(status).length > 0 && (
          <Action
            needs="admin"
            className="danger"
            disabled={doing}
            onClick={() => setAsked(step)}
          >
            Force it…
          </Action>
        )}
        {next !== undefined && !driven && !isKeyAtEnd && (
          <Action
            needs="admin"
            disabled={doing}
            onClick={() => setAsked("resume")}
          >
            Go on by itself…
          </Action>
        )}
        {isOpen(status) && status.direction === "forward" && (
          <Action needs="admin" onClick={() => setAsked("rollback")}>Turn back…</Action>
        )}
      </div>
      {trouble !== undefined && <Trouble of={trouble} />}
      {asked !== undefined && <ActDialog act={asked} status={status} close={() => setAsked(undefined)} />}
    </div>
  )
}
