import { useNavigate, useSearch } from "@tanstack/react-router"
import { useMemo } from "react"
import { useKept } from "../api/kept.ts"
import { DropDown } from "../parts/DropDown.tsx"
import { type Choosable, chosenKeys, columnsIn } from "./listColumns.ts"

/**
 * The columns of a list that the person wants, and the box to choose them. The address says which, so that a link and a
 * view show the same; where it says nothing, what was chosen last in this browser.
 */
export function useColumns<C extends Choosable & { readonly title: string }>(
  list: string,
  all: ReadonlyArray<C>,
  usual?: ReadonlyArray<string>
) {
  const byDefault = (usual ?? all.map(({ key }) => key)).join(",")
  const [kept, keep] = useKept(`columns.${list}`, byDefault)
  const address = columnsIn(useSearch({ strict: false }))
  const navigate = useNavigate()
  const keys = chosenKeys(all, address, kept)
  const text = keys.join(",")
  const choose = (key: string, wanted: boolean) => {
    const next = all.map((one) => one.key).filter((one) => one === key ? wanted : keys.includes(one)).join(",")
    keep(next)
    void navigate({
      to: ".",
      search: (search: object) => ({ ...search, cols: next === byDefault ? undefined : next }),
      replace: true
    })
  }
  const columns = useMemo(() => all.filter(({ key }) => text.split(",").includes(key)), [all, text])
  const choice = (
    <DropDown title="Columns">
      {all.map(({ first, key, title }) => (
        <label key={key}>
          <input
            type="checkbox"
            checked={keys.includes(key)}
            disabled={first === true}
            onChange={({ target }) => choose(key, target.checked)}
          />
          {title}
        </label>
      ))}
    </DropDown>
  )
  return { columns, choice }
}
