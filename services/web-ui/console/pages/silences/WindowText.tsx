import type { SilenceView } from "../../../../../src/api/web-ui/SilenceView.ts"
import { scheduleWords } from "../../../../../src/silence/silenceWords.ts"
import { agoText, Time, useTick } from "../../parts/Time.tsx"

type Timed = Pick<SilenceView, "schedule" | "starts_at" | "ends_at" | "created_at" | "ended_at" | "ended_by">

/** When a silence holds back, in words. */
export const WindowText = ({ of: { created_at, ended_at, ended_by, ends_at, schedule, starts_at } }: {
  readonly of: Timed
}) => (
  <>
    {schedule === undefined
      ? (
        <>
          <Time at={starts_at ?? created_at} /> to <Time at={ends_at} />
        </>
      )
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
        , ended by {ended_by ?? "hand"} at <Time at={ended_at} />
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
