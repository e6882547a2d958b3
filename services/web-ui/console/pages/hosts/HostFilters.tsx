import type { Search } from "./search.ts"

export type Change = (
  parts: Partial<{ readonly [K in keyof Search]: string | undefined }>,
  how?: { readonly replace?: boolean }
) => void

const orNone = (text: string): string | undefined => text === "" ? undefined : text

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
    <label className="field">
      Name
      <input
        type="search"
        maxLength={255}
        value={address.q ?? ""}
        onChange={(event) => change({ q: orNone(event.target.value) }, { replace: true })}
      />
    </label>
    <label className="field">
      Environment
      <select value={address.env ?? ""} onChange={(event) => change({ env: orNone(event.target.value) })}>
        <option value="">any</option>
        <option value="prod">prod</option>
        <option value="dev">dev</option>
      </select>
    </label>
    <label className="field">
      Team
      <select value={address.team ?? ""} onChange={(event) => change({ team: orNone(event.target.value) })}>
        <option value="">any</option>
        {[...new Set([...teams, ...(address.team === undefined ? [] : [address.team])])].map((team) => (
          <option key={team}>{team}</option>
        ))}
      </select>
    </label>
    {address.view !== "patterns" && (
      <label className="field">
        Last 24 hours
        <select value={address.quiet ?? ""} onChange={(event) => change({ quiet: orNone(event.target.value) })}>
          <option value="">any</option>
          <option value="1">silent</option>
          <option value="0">heard</option>
        </select>
      </label>
    )}
  </form>
)
