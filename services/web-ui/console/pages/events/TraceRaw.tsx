import type { EventExplanation } from "../../../../../src/api/web-ui/Events.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { notify } from "../../shell/Notices.tsx"
import { eventOf, partsOf, prettyOf } from "./rawEvent.ts"

/** The event as it came: its text first, then every part of it. */
export const TraceRaw = ({ explained: { event } }: { readonly explained: EventExplanation }) => {
  const read = eventOf(event.raw_message)
  const copy = () =>
    navigator.clipboard.writeText(event.raw_message).then(
      () => notify("The event is copied."),
      () => notify("The browser did not allow to copy.", { tone: "err" })
    )
  return (
    <div className="stack">
      <pre className="raw-text"><PlainText>{read === undefined ? event.raw_message : (read.tag ?? "") + read.message}</PlainText></pre>
      <dl className="facts">
        {partsOf(event.raw_message).filter(([name]) => name !== "message").map(([name, value]) => (
          <div key={name} className="key-line">
            <dt>
              <bdi>{name}</bdi>
            </dt>
            <dd>
              <PlainText>{value}</PlainText>
            </dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>As JSON</summary>
        <pre className="raw-text"><PlainText>{prettyOf(event.raw_message)}</PlainText></pre>
      </details>
      <p>
        <button type="button" onClick={() => void copy()}>Copy as JSON</button>
      </p>
    </div>
  )
}
