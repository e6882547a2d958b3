import type { RulesApplied } from "../../../../../src/api/web-ui/RuleVersions.ts"
import { appliedLines } from "./appliedLines.ts"

/** What a change of the whole set does, line by line. */
export const Applied = ({ of }: { readonly of: RulesApplied }) => (
  <ul className="applied" aria-label="What would change">
    {appliedLines(of).map((line) => <li key={line}>{line}</li>)}
  </ul>
)
