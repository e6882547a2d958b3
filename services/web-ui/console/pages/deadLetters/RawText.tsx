import { PlainText } from "../../parts/PlainText.tsx"
import { type Raw, stoppedAt } from "./letters.ts"

/** What a device sent, with a mark where reading it stopped. */
export const RawText = ({ of, reason }: { readonly of: Raw; readonly reason: string }) => {
  const { isCut, raw } = of
  const at = stoppedAt({ ...of, reason })
  if (at === undefined) {
    return (
      <>
        <pre className="letter-raw" tabIndex={0} aria-label="As it came">
          <PlainText>{raw}</PlainText>
        </pre>
        {isCut && <p className="quiet-text">Only its beginning was kept, so it can't be read again.</p>}
      </>
    )
  }
  // A sign that takes two characters is not cut in half.
  const next = at < raw.length ? String.fromCodePoint(raw.codePointAt(at) ?? 0) : ""
  return (
    <>
      <pre className="letter-raw" tabIndex={0} aria-label="As it came, with a mark where reading stopped">
        <PlainText>{raw.slice(0, at)}</PlainText>
        <mark>{next === "" ? "⏹ end" : <PlainText>{next}</PlainText>}</mark>
        <PlainText>{raw.slice(at + next.length)}</PlainText>
      </pre>
      <p className="quiet-text">Reading stopped at the mark, character {at + 1} of {raw.length}.</p>
    </>
  )
}
