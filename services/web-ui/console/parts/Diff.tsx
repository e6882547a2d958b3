import { diffLines } from "diff"
import "./Diff.css"

interface Line {
  readonly key: string
  readonly is: "added" | "removed" | "same"
  readonly text: string
}

const signs = { added: "+", removed: "−", same: " " } as const
const words = { added: "added", removed: "removed", same: "" } as const

/** With its last line ended, so that it is not another one for the lack of it. */
const whole = (text: string): string => text === "" || text.endsWith("\n") ? text : `${text}\n`

const linesOf = (before: string, after: string): ReadonlyArray<Line> =>
  diffLines(before, after).flatMap(({ added, removed, value }, part) => {
    const is = added ? "added" : removed ? "removed" : "same"
    return value.replace(/\n$/, "").split("\n").map((text, at): Line => ({ key: `${part}-${at}`, is, text }))
  })

/** Lines before and after a change, with a sign and a word beside the colour. */
export const Diff = ({ after, before, label }: {
  readonly before: string
  readonly after: string
  readonly label: string
}) => {
  const lines = linesOf(whole(before), whole(after))
  if (lines.every(({ is }) => is === "same")) return <p className="quiet-text">Nothing differs.</p>
  return (
    <ol className="diff" aria-label={label}>
      {lines.map(({ is, key, text }) => (
        <li key={key} className={is}>
          <span aria-hidden="true" className="sign">{signs[is]}</span>
          {is !== "same" && <span className="visually-hidden">{words[is]}:</span>}
          <code>{text}</code>
        </li>
      ))}
    </ol>
  )
}
