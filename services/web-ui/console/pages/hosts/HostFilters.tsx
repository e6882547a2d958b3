import { Choice, SearchText } from "../../parts/Choice.tsx"
import type { Search } from "./search.ts"

export type Change = (
  parts: Partial<{ readonly [K in keyof Search]: string | undefined }>,
  how?: { readonly replace?: boolean }
) => void

/** Narrows the list; what is chosen stands in the address. */
export const HostFilters = ({ address, change, teams }: {
  readonly address: Search
  readonly change: Change
  readonly teams: ReadonlyArray<string>
}) => (
  <form
    className="row host-filters"
    role="search"
    aria-label="Filter the hosts"
    onSubmit={(event) => event.preventDefault()}
  >
    <SearchText label="Name" longest={255} value={address.q} set={(q) => change({ q }, { replace: true })} />
    <Choice label="Environment" value={address.env} set={(env) => change({ env })}>
      <option value="prod">prod</option>
      <option value="dev">dev</option>
    </Choice>
    <Choice label="Team" value={address.team} set={(team) => change({ team })}>
      {[...new Set([...teams, ...(address.team === undefined ? [] : [address.team])])].map((team) => (
        <option key={team}>{team}</option>
      ))}
    </Choice>
    {address.view !== "patterns" && (
      <Choice
        label="Last 24 hours"
        value={address.quiet}
        set={(quiet) => change({ quiet })}
      >
        <option value="1">silent</option>
        <option value="0">heard</option>
      </Choice>
    )}
  </form>
)
