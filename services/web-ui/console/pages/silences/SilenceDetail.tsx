import { useState } from "react"
import type { SilenceDetail as SilenceDetailView } from "../../../../../src/api/web-ui/Silences.ts"
import { counted } from "../../../../../src/rulefile/words.ts"
import type { SilenceInput } from "../../../../../src/silence/Silence.ts"
import { matchWords } from "../../../../../src/silence/silenceWords.ts"
import { useAsk } from "../../api/query.ts"
import { useMay } from "../../api/useRole.ts"
import { Action } from "../../parts/Action.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Reason } from "../../parts/Reason.tsx"
import { State } from "../../parts/Severity.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Detail } from "../../shell/Page.tsx"
import { end, extend } from "./act.ts"
import { EditSilence } from "./EditSilence.tsx"
import { PreviewText } from "./PreviewText.tsx"
import { usePreview } from "./usePreview.ts"
import { TimeLeft, WindowText } from "./WindowText.tsx"

interface SilenceDetailProps {
  readonly id: number
  readonly close: () => void
  /** It is being changed. */
  readonly edits: boolean
  readonly setEdits: (edits: boolean) => void
}

/** A silence with what it holds back, who changed it and why; or the form to change it. */
export const SilenceDetail = ({ close, edits, id, setEdits }: SilenceDetailProps) => {
  const read = useAsk(["silences", id], (api) => api.silences.byId({ params: { id } }), { every: 15_000 })
  return (
    <Detail title={`Silence ${id}`} close={close}>
      <Stale read={read} lines={8}>
        {(silence) =>
          edits && silence.state !== "ended" ?
            <EditSilence silence={silence} done={() => setEdits(false)} /> :
            (
              <div className="stack">
                <Facts silence={silence} />
                {silence.state !== "ended" && <Acts silence={silence} edit={() => setEdits(true)} />}
                {silence.state !== "ended" && <LastDay silence={silence} />}
                <Revisions silence={silence} />
              </div>
            )}
      </Stale>
    </Detail>
  )
}

const Facts = ({ silence }: { readonly silence: SilenceDetailView }) => (
  <dl className="facts">
    <dt>State</dt>
    <dd className="row">
      <State of={silence.state} tone={silence.state === "now" ? "warning" : "plain"} /> <TimeLeft of={silence} />
    </dd>
    <dt>About</dt>
    <dd>
      <PlainText>{matchWords(silence.match)}</PlainText>
    </dd>
    <dt>When</dt>
    <dd>
      <WindowText of={silence} />
    </dd>
    <dt>Why</dt>
    <dd>
      <PlainText>{silence.comment}</PlainText>
    </dd>
    <dt>Made</dt>
    <dd>
      by {silence.created_by} at <Time at={silence.created_at} />
    </dd>
    <dt>Held back</dt>
    <dd>
      {counted(silence.hits, "event")}
      {silence.last_hit_at !== null && (
        <>
          , the last <Time at={silence.last_hit_at} ago />
        </>
      )}
    </dd>
    <dt>At its end</dt>
    <dd>{silence.catch_up === false ? "nothing is told" : "what is still wrong is told"}</dd>
  </dl>
)

const Acts = ({ edit, silence }: { readonly silence: SilenceDetailView; readonly edit: () => void }) => {
  const [reason, setReason] = useState("")
  return (
    <div className="stack">
      <Reason value={reason} set={setReason} />
      <div className="row">
        <Action needs="operator" onClick={() => void extend(silence, reason)}>One hour more</Action>
        <Action needs="operator" onClick={() => void end(silence, reason)}>End now</Action>
        <Action needs="operator" onClick={edit}>Change…</Action>
      </div>
    </div>
  )
}

const LastDay = ({ silence }: { readonly silence: SilenceDetailView }) => {
  const may = useMay("operator")
  // The times do not count for what it would have held back; those of a silence that runs may have begun long ago.
  const input: SilenceInput = {
    match: silence.match,
    comment: silence.comment,
    ...(silence.schedule === undefined ? {} : { schedule: silence.schedule }),
    ...(silence.ends_at === undefined ? {} : { ends_at: silence.ends_at })
  }
  const { read, share } = usePreview(input)
  if (!may) return <p className="quiet-text">What it would have held back in the last 24 hours needs operator.</p>
  return <Stale read={read}>{(data) => <PreviewText preview={data} share={share} />}</Stale>
}

const Revisions = ({ silence: { revisions } }: { readonly silence: SilenceDetailView }) => (
  <div>
    <h3>Changes</h3>
    <ul>
      {revisions.toReversed().map(({ changed_at, changed_by, comment, ended_by, ends_at, reason, revision }) => (
        <li key={revision}>
          <Time at={changed_at} /> {changed_by ?? "by hand in the database"}: {ended_by !== undefined
            ? "ended it"
            : revision === 1
            ? "made it"
            : ends_at === undefined
            ? "changed it"
            : (
              <>
                changed it, ends at <Time at={ends_at} />
              </>
            )}
          <span className="quiet-text">
            {" "}
            <PlainText>{reason ?? (revision === 1 ? comment : "")}</PlainText>
          </span>
        </li>
      ))}
    </ul>
  </div>
)
