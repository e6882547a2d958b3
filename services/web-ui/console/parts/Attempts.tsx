import type { Attempt } from "../../../../src/domain/DeadLetter.ts"
import { PlainText } from "./PlainText.tsx"
import { Time } from "./Time.tsx"
import "./Attempts.css"

/** Each try that failed, oldest first, with what came back. */
export const Attempts = ({ of }: { readonly of: ReadonlyArray<typeof Attempt.Type> }) =>
  of.length === 0 ? null : (
    <ol className="attempts">
      {of.map(({ at, detail, reason }, index) => (
        <li key={`${at} ${index}`}>
          <Time at={at} /> <strong>{reason.replaceAll("_", " ")}</strong> <PlainText>{detail}</PlainText>
        </li>
      ))}
    </ol>
  )
