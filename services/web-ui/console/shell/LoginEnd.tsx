import { useEffect, useRef } from "react"
import { now } from "../api/clock.ts"
import { dueOf, endOf, type LoginEnd as End } from "../api/loginEnd.ts"
import { learnSession, logInEarly, useSession } from "../api/session.ts"
import { timeText, useTick, useZone, zoneName } from "../parts/Time.tsx"
import "./LoginEnd.css"

/** Warns two minutes before a login ends. Any key and any click puts off the end of one that nobody uses. */
export const LoginEnd = () => {
  const state = useSession()
  const askedAt = useRef(0)
  useTick()
  const end = state.is === "in" ? endOf(state.session) : undefined
  const due = end === undefined ? undefined : dueOf(end, now(), askedAt.current)
  useEffect(() => {
    if (due !== "ask") return
    askedAt.current = now()
    void learnSession()
  }, [due, end?.at])
  return end !== undefined && due === "tell" ? <Warning end={end} /> : null
}

const Warning = ({ end: { at, isIdle } }: { readonly end: End }) => {
  const [zone] = useZone()
  const ref = useRef<HTMLDivElement>(null)
  // Above a dialog too.
  useEffect(() => ref.current?.showPopover(), [])
  useEffect(() => {
    if (!isIdle) return
    const extend = () => void learnSession()
    for (const kind of ["keydown", "click"]) addEventListener(kind, extend, { capture: true })
    return () => {
      for (const kind of ["keydown", "click"]) removeEventListener(kind, extend, { capture: true })
    }
  }, [isIdle])
  const time = `${timeText(at, zone).slice(11)} ${zoneName(zone)}`
  return (
    <div ref={ref} popover="manual" role="alert" className="login-end">
      <span>
        {isIdle
          ? `Nobody has used this login for a while: it ends at ${time}. Any key keeps it.`
          : `This login ends at ${time}, as it has lasted as long as one may. What you typed stays.`}
      </span>
      {isIdle
        ? <button type="button" className="primary">Stay logged in</button>
        : <button type="button" className="primary" onClick={logInEarly}>Log in again now</button>}
    </div>
  )
}
