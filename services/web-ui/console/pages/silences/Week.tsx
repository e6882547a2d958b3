import type { SilenceView } from "../../../../../src/api/web-ui/SilenceView.ts"
import { counted } from "../../../../../src/rulefile/words.ts"
import { matchWords } from "../../../../../src/silence/silenceWords.ts"
import { now } from "../../api/clock.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { timeText, useTick, useZone } from "../../parts/Time.tsx"
import { weekMs, weekOf } from "./week.ts"
import "./Week.css"

const most = 30
const days = 7

/** When silences hold back in the next seven days. */
export const Week = ({ open, silences }: {
  readonly silences: ReadonlyArray<SilenceView>
  readonly open: (id: number) => void
}) => {
  const [zone] = useZone()
  useTick(60)
  const start = Math.floor(now() / 60_000) * 60_000
  const rows = weekOf(silences, start)
  if (rows.length === 0) return <p className="quiet-text">Nothing will be held back in the next seven days.</p>
  return (
    <div className="week">
      <div className="week-row week-head" aria-hidden="true">
        <span />
        <div className="week-days">
          {Array.from(
            { length: days },
            (_, day) => <span key={day}>{timeText(start + day * (weekMs / days), zone).slice(5, 16)}</span>
          )}
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
              {Array.from(
                { length: days },
                (_, day) => <line key={day} x1={day * 1_000 / days} x2={day * 1_000 / days} y1={0} y2={10} />
              )}
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
