import type { DeadLetter, DeadLetterQueue } from "../../../../../src/domain/DeadLetter.ts"
import { Action } from "../../parts/Action.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Time } from "../../parts/Time.tsx"
import { Detail } from "../../shell/Page.tsx"
import { type ActionName, actions, hostOf, rawOf, readable } from "./letters.ts"
import { RawText } from "./RawText.tsx"

export type Letter = Omit<DeadLetter, "entryId" | "queue"> & { readonly id: string }

/** One dead letter: why it died, what was tried, and what it says. */
export const LetterDetail = ({ act, close, letter, queue }: {
  readonly letter: Letter
  readonly queue: DeadLetterQueue
  readonly act: (action: ActionName) => void
  readonly close: () => void
}) => {
  const { at, attempts, detail, payload, reason } = letter
  const raw = queue === "quarantine" ? rawOf(payload) : undefined
  const again = queue === "quarantine" ? "retry" : "replay"
  return (
    <Detail title="Dead letter" close={close}>
      <dl className="facts">
        <dt>Reason</dt>
        <dd>{reason.replaceAll("_", " ")}</dd>
        <dt>Detail</dt>
        <dd>
          <PlainText>{detail}</PlainText>
        </dd>
        <dt>{queue === "quarantine" ? "From" : "Host"}</dt>
        <dd>
          <PlainText>{hostOf(payload) ?? "not known"}</PlainText>
        </dd>
        <dt>Since</dt>
        <dd>
          <Time at={at} /> (<Time at={at} ago />)
        </dd>
      </dl>
      <div className="row">
        <Action needs="operator" onClick={() => act(again)}>{actions[again].verb}</Action>
        <Action needs="operator" className="danger" onClick={() => act("discard")}>Discard</Action>
      </div>
      {attempts.length > 0 && (
        <div>
          <h3>Tries</h3>
          <ol className="letter-tries">
            {attempts.map((attempt, index) => (
              <li key={`${attempt.at} ${index}`}>
                <Time at={attempt.at} /> {attempt.reason.replaceAll("_", " ")}: <PlainText>{attempt.detail}</PlainText>
              </li>
            ))}
          </ol>
        </div>
      )}
      {raw !== undefined && (
        <div>
          <h3>As it came</h3>
          <RawText of={raw} reason={reason} />
        </div>
      )}
      <details open={raw === undefined}>
        <summary>All that is kept</summary>
        <pre className="letter-raw"><PlainText>{readable(payload)}</PlainText></pre>
      </details>
    </Detail>
  )
}
