import { useNavigate } from "@tanstack/react-router"
import type { Flow, FlowPoint } from "../../../../../src/api/web-ui/Flow.ts"
import { counted } from "../../../../../src/rulefile/words.ts"
import { Bars } from "../../parts/Bars.tsx"
import { timeText, useZone } from "../../parts/Time.tsx"
import { lastHour } from "./flow.ts"
import "./LastHour.css"

const outcomes = [
  { name: "forwarded", title: "Forwarded", none: "None was forwarded" },
  { name: "suppressed", title: "Suppressed", none: "None was suppressed" },
  { name: "unmatched", title: "Matched no rule", none: "Each matched a rule" }
] as const satisfies ReadonlyArray<{ readonly name: keyof FlowPoint; readonly title: string; readonly none: string }>

/** What was decided in the last 60 minutes, minute by minute, by outcome. */
export const LastHour = ({ flow }: { readonly flow: Flow }) => {
  const navigate = useNavigate()
  const [zone] = useZone()
  const minutes = lastHour(flow)
  const unseen = minutes.filter(({ point }) => point === undefined).length
  const clock = (at: string) => timeText(at, zone).slice(11, 16)
  const show = (outcome: string) => (from: string) =>
    void navigate({
      to: "/events",
      search: { outcome, from, to: new Date(Date.parse(from) + 60_000).toISOString() }
    })
  return (
    <div className="stack">
      <div className="last-hour">
        {outcomes.map(({ name, none, title }) => {
          const total = minutes.reduce((sum, { point }) => sum + (point?.[name] ?? 0), 0)
          const top = minutes.reduce<{ readonly at: string; readonly value: number }>(
            (most, { at, point }) => (point?.[name] ?? 0) > most.value ? { at, value: point?.[name] ?? 0 } : most,
            { at: "", value: 0 }
          )
          return (
            <div key={name}>
              <h3>{title}</h3>
              <Bars
                caption={`${title} by minute`}
                unit="events"
                bars={minutes.map(({ at, point }) => ({
                  key: at,
                  label: point === undefined ? `${clock(at)}, not seen` : clock(at),
                  value: point?.[name] ?? 0
                }))}
                summary={total === 0
                  ? `${none}.`
                  : `${counted(total, "event")}, most at ${clock(top.at)}: ${top.value.toLocaleString("en")}.`}
                onChoose={show(name)}
              />
            </div>
          )
        })}
      </div>
      {unseen > 0 && (
        <p className="quiet-text">
          {unseen === minutes.length ? "No minute was seen yet" : `${counted(unseen, "minute")} of the hour not seen`},
          as nothing looked at the queue then.
        </p>
      )}
    </div>
  )
}
