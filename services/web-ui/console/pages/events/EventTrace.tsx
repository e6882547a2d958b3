import { useAsk } from "../../api/query.ts"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Detail } from "../../shell/Page.tsx"

/** Why an event was decided as it was. */
export const EventTrace = ({ close, eventRef }: { readonly eventRef: string; readonly close: () => void }) => {
  const read = useAsk(["explain", eventRef], (api) => api.events.explain({ params: { ref: eventRef } }))
  return (
    <Detail title="Event" close={close}>
      <Stale read={read}>
        {({ event, sentences }) => (
          <div className="stack">
            <ul className="stack">{sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ul>
            <pre><PlainText>{event.raw_message ?? ""}</PlainText></pre>
          </div>
        )}
      </Stale>
    </Detail>
  )
}
