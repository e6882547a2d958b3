import { useKept } from "../api/kept.ts"
import { DropDown } from "./DropDown.tsx"
import type { Column } from "./Grid.tsx"

/** The columns of a list that the person wants, kept in this browser, and the box to choose them. */
export function useColumns<Row>(list: string, all: ReadonlyArray<Column<Row>>, usual: ReadonlyArray<string>) {
  const [text, set] = useKept(`columns.${list}`, usual.join(","))
  const wanted = new Set(text.split(","))
  const columns = all.filter(({ first, key }) => first === true || wanted.has(key))
  const choice = (
    <DropDown title="Columns">
      {all.map(({ first, key, title }) => (
        <label key={key}>
          <input
            type="checkbox"
            checked={first === true || wanted.has(key)}
            disabled={first === true}
            onChange={({ target }) =>
              set(all.map((one) => one.key).filter((one) => one === key ? target.checked : wanted.has(one)).join(","))}
          />
          {title}
        </label>
      ))}
    </DropDown>
  )
  return { columns, choice }
}
