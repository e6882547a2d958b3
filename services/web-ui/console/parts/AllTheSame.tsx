import type { Trouble } from "../api/problems.ts"
import { useMay } from "../api/useRole.ts"

/** What only an admin may store. */
const forcible = new Set(["LintFailed", "TestsFailed"])

export const isForcible = (trouble: Trouble | undefined): boolean => trouble !== undefined && forcible.has(trouble.tag)

/** Lets an admin save what the rules' own tests or their lint refuse. */
export const AllTheSame = ({ force, setForce }: {
  readonly force: boolean
  readonly setForce: (force: boolean) => void
}) => {
  const may = useMay("admin")
  return (
    <label className="row">
      <input type="checkbox" checked={force} disabled={!may} onChange={(event) => setForce(event.target.checked)} />
      Save it all the same{may ? "" : " (needs admin)"}
    </label>
  )
}
