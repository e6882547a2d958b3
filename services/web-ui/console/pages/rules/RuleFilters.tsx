import { MatchType } from "../../../../../src/domain/Rule.ts"
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
    <label className="field">
      Name, match or team
      <input
        type="search"
        maxLength={200}
        value={address.q ?? ""}
        onChange={(event) => change({ q: orNone(event.target.value) }, { replace: true })}
      />
    </label>
    <label className="field">
      On or off
      <select value={address.active ?? ""} onChange={(event) => change({ active: orNone(event.target.value) })}>
        <option value="">both</option>
        <option value="1">on</option>
        <option value="0">off</option>
      </select>
    </label>
    <label className="field">
      Match
      <select value={address.type ?? ""} onChange={(event) => change({ type: orNone(event.target.value) })}>
        <option value="">any</option>
        {MatchType.literals.map((type) => <option key={type} value={type}>{type.replaceAll("_", " ")}</option>)}
      </select>
    </label>
    <label className="field">
      Team
      <select value={address.team ?? ""} onChange={(event) => change({ team: orNone(event.target.value) })}>
        <option value="">any</option>
        {teams.map((team) => <option key={team}>{team}</option>)}
      </select>
    </label>
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

const orNone = (text: string): string | undefined => text === "" ? undefined : text
