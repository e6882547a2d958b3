import type { SilenceView } from "../../../../../src/api/web-ui/SilenceView.ts"
import { scheduleWords } from "../../../../../src/silence/silenceWords.ts"
import { agoText, Time, timeText, useTick, useZone } from "../../parts/Time.tsx"

type Timed = Pick<SilenceView, "schedule" | "starts_at" | "ends_at" | "created_at" | "ended_at" | "ended_by">

/** `2026-03-01 04:05 to 06:05`: the date of the end where it is another one. */
const Span = ({ from, to }: { readonly from: string; readonly to: string }) => {
  const [zone] = useZone()
  const [begins, ends] = [timeText(from, zone), timeText(to, zone)]
  const isSameDay = begins.slice(0, 10) === ends.slice(0, 10)
  return (
    <>
      <time dateTime={from} title={begins}>{begins.slice(0, 16)}</time> to{" "}
      <time dateTime={to} title={ends}>{ends.slice(isSameDay ? 11 : 0, 16)}</time>
    </>
  )
}

/** When a silence holds back, in words. */
export const WindowText = ({ of: { created_at, ended_at, ended_by, ends_at, schedule, starts_at } }: {
  readonly of: Timed
}) => (
  <>
    {schedule === undefined
      ? <Span from={starts_at ?? created_at} to={ended_at ?? ends_at ?? ""} />
      : (
        <>
          {scheduleWords(schedule)}
          {ends_at !== undefined && (
            <>
              , for the last time before <Time at={ends_at} />
            </>
          )}
        </>
      )}
    {ended_at !== undefined && (
      <>
        , ended by {ended_by ?? "hand"}
      </>
    )}
  </>
)

/** When it ends, or begins, as time to go. */
export const TimeLeft = ({ of: { ends, from, state, until } }: {
  readonly of: Pick<SilenceView, "ends" | "from" | "state" | "until">
}) => {
  useTick(5)
  if (state === "now" && until !== null) {
    return <time dateTime={until} title={until}>ends {agoText(until)}{ends === until ? "" : ", and recurs"}</time>
  }
  if (state === "soon" && from !== null) return <time dateTime={from} title={from}>begins {agoText(from)}</time>
  return <span className="quiet-text">over</span>
}
