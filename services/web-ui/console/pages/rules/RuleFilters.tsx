import { MatchType } from "../../../../../src/domain/Rule.ts"
import { Choice, SearchText } from "../../parts/Choice.tsx"
import type { Search } from "./search.ts"

/** Narrows the list; what is chosen stands in the address. */
export const RuleFilters = ({ address, change, teams }: {
  readonly address: Search
  readonly change: (
    parts: Partial<{ readonly [K in keyof Search]: string | undefined }>,
    how?: { readonly replace?: boolean }
  ) => void
  readonly teams: ReadonlyArray<string>
}) => (
  <form
    className="row rule-filters"
    role="search"
    aria-label="Filter the rules"
    onSubmit={(event) => event.preventDefault()}
  >
    <SearchText
      label="Name, match or team"
      longest={200}
      value={address.q}
      set={(q) => change({ q }, { replace: true })}
    />
    <Choice label="On or off" all="both" value={address.active} set={(active) => change({ active })}>
      <option value="1">on</option>
      <option value="0">off</option>
    </Choice>
    <Choice label="Match" value={address.type} set={(type) => change({ type })}>
      {MatchType.literals.map((type) => <option key={type} value={type}>{type.replaceAll("_", " ")}</option>)}
    </Choice>
    <Choice label="Team" value={address.team} set={(team) => change({ team })}>
      {teams.map((team) => <option key={team}>{team}</option>)}
    </Choice>
    <label className="row">
      <input
        type="checkbox"
        checked={address.unused === "1"}
        onChange={(event) => change({ unused: event.target.checked ? "1" : undefined })}
      />
      Never decides
    </label>
  </form>
)
