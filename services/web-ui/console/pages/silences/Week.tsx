import type { SilenceView } from "../../../../../src/api/web-ui/SilenceView.ts"
import { counted } from "../../../../../src/rulefile/words.ts"
import { matchWords } from "../../../../../src/silence/silenceWords.ts"
import { now } from "../../api/clock.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { useTick, useZone, zoneName } from "../../parts/Time.tsx"
import { daysOf, weekOf } from "./week.ts"
import "./Week.css"

const most = 30

/** The name of a day that begins later than this would be cut off. */
const lastName = 0.9

/** When silences hold back in the next seven days. */
export const Week = ({ open, silences }: {
  readonly silences: ReadonlyArray<SilenceView>
  readonly open: (id: number) => void
}) => {
  const [chosen] = useZone()
  const zone = zoneName(chosen)
  useTick(60)
  const start = Math.floor(now() / 60_000) * 60_000
  const rows = weekOf(silences, start)
  const days = daysOf(start, zone)
  const name = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", day: "numeric" })
  if (rows.length === 0) return <p className="quiet-text">Nothing will be held back in the next seven days.</p>
  return (
    <div className="week">
      <div className="week-row week-head" aria-hidden="true">
        <span />
        <div className="week-days">
          {days.filter(({ part }) => part < lastName).map(({ at, part }) => (
            <span key={at} style={{ left: `${part * 100}%` }}>{name.format(at)}</span>
          ))}
        </div>
      </div>
      <ul>
        {rows.slice(0, most).map(({ pieces, silence }) => (
          <li key={silence.id} className="week-row">
            <button type="button" className="quiet" onClick={() => open(silence.id)}>
              <PlainText>{matchWords(silence.match)}</PlainText>
            </button>
            <svg
              viewBox="0 0 1000 10"
              preserveAspectRatio="none"
              role="img"
              aria-label={spoken(pieces.length, silence)}
            >
              {days.map(({ at, part }) => <line key={at} x1={part * 1_000} x2={part * 1_000} y1={0} y2={10} />)}
              {pieces.map(({ from, to }) => (
                <rect key={from} x={from * 1_000} y={1} width={Math.max(2, (to - from) * 1_000)} height={8} />
              ))}
            </svg>
          </li>
        ))}
      </ul>
      {rows.length > most && <p className="quiet-text">{rows.length - most} more are not drawn.</p>}
    </div>
  )
}

const spoken = (pieces: number, { state, until }: SilenceView): string =>
  `${counted(pieces, "time")} in the next seven days${
    state === "now" && until !== null ? `, the first until ${until}` : ""
  }`
