import type { SilencePreview } from "../../../../../src/api/web-ui/SilencePreviews.ts"
import { counted } from "../../../../../src/rulefile/words.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { Severity } from "../../parts/Severity.tsx"
import { Time } from "../../parts/Time.tsx"
import { wideShare } from "./form.ts"
import "./PreviewText.css"

const samplesShown = 5
const timesShown = 3

export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? "less than 1 %" : `${Math.round(share * 100)} %`

/** What a silence would have held back in the last 24 hours, when it will, and what it overlaps. */
export const PreviewText = ({ preview, share }: {
  readonly preview: SilencePreview
  /** Of all events of the same time that somebody might be told of; `undefined`: not known. */
  readonly share: number | undefined
}) => {
  const { alerts, could_not_know, events, in_windows, next, overlaps, pages, rules, samples } = preview
  return (
    <div className="silence-preview">
      <p>
        {events === 0
          ? "It would have held back nothing in the last 24 hours."
          : (
            <>
              In the last 24 hours it would have held back <strong>{counted(events, "event")}</strong>: of these{" "}
              {counted(alerts, "alert")} and {counted(pages, "page")}
              {in_windows === null ? "" : `, ${in_windows.toLocaleString("en")} of them within its times`}.
            </>
          )}
      </p>
      {share !== undefined && events > 0 && (
        <p>
          That is {share > wideShare
            ? <span className="severity warning">◆ {percent(share)} of all</span>
            : `${percent(share)} of all`} that somebody could be told of.
        </p>
      )}
      {events > 0 && (
        <p className="quiet-text">
          By rule:{" "}
          {rules.slice(0, samplesShown).map(({ events, rule }) => `${rule ?? "none"} ${events.toLocaleString("en")}`)
            .join(", ")}
          {rules.length > samplesShown && `, ${rules.length - samplesShown} more`}
        </p>
      )}
      {samples.length > 0 && (
        <ul className="silence-preview-samples">
          {samples.slice(0, samplesShown).map(({ hostname, message, ref, severity }) => (
            <li key={ref}>
              <Severity of={severity} /> <PlainText>{hostname}</PlainText> <PlainText>{message}</PlainText>
            </li>
          ))}
        </ul>
      )}
      {next.length === 0
        ? <p>It never holds anything back: its times are over.</p>
        : (
          <p>
            {next.length > 1 ? "Next times: " : "It holds back "}
            {next.slice(0, timesShown).map(({ from, minutes, unusual, until }, at) => (
              <span key={from}>
                {at > 0 && "; "}
                <Time at={from} /> to <Time at={until} />
                {unusual && ` (${minutes} min, as clocks change)`}
              </span>
            ))}
          </p>
        )}
      {overlaps.length > 0 && (
        <div>
          <p>Others may cover the same:</p>
          <ul>
            {overlaps.slice(0, samplesShown).map(({ comment, created_by, id, state }) => (
              <li key={id}>
                {id} ({state}, by {created_by}): <PlainText>{comment}</PlainText>
              </li>
            ))}
          </ul>
        </div>
      )}
      {could_not_know.length > 0 && <p className="quiet-text">{could_not_know.join(" ")}</p>}
    </div>
  )
}
