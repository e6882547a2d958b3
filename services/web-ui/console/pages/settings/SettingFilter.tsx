import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { Program } from "../../../../../src/domain/Settings.ts"
import type { search } from "./search.ts"

type Address = (typeof search)["Type"]

/** Which settings are listed, as the address says. */
export const SettingFilter = ({ address, change, items }: {
  readonly address: Address
  readonly change: (parts: { readonly [K in "set" | "program" | "text"]?: string | undefined }, how?: {
    readonly replace?: boolean
  }) => void
  readonly items: ReadonlyArray<SettingItem>
}) => {
  const set = items.filter(({ is_set }) => is_set).length
  return (
    <search className="row">
      <label className="row">
        Show
        <select
          value={address.set === "changed" ? "changed" : "all"}
          onChange={(event) => change({ set: event.target.value === "changed" ? "changed" : undefined })}
        >
          <option value="all">all {items.length}</option>
          <option value="changed">the {set} that are set</option>
        </select>
      </label>
      <label className="row">
        of
        <select
          value={address.program ?? ""}
          onChange={(event) => change({ program: event.target.value === "" ? undefined : event.target.value })}
        >
          <option value="">every program</option>
          {Program.literals.map((program) => <option key={program}>{program}</option>)}
        </select>
      </label>
      <label className="row">
        about
        <input
          type="search"
          maxLength={100}
          value={address.text ?? ""}
          onChange={(event) => change({ text: event.target.value || undefined }, { replace: true })}
        />
      </label>
    </search>
  )
}
