import type { Schema } from "effect"
import { Matrix } from "../../parts/Matrix.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import type { Difference } from "./versions.ts"
import { valueWords } from "./words.ts"

/** Settings before and after. */
export const DiffTable = ({ caption, differences, empty, titles = ["Was", "Becomes"] }: {
  readonly caption: string
  readonly differences: ReadonlyArray<Difference>
  readonly empty: string
  readonly titles?: readonly [was: string, becomes: string]
}) => (
  <Matrix
    caption={caption}
    of="Setting"
    nameOf={({ key }) => key}
    keyOf={({ key }) => key}
    rows={differences}
    empty={empty}
    columns={[
      { key: "was", title: titles[0], cell: ({ unit, was }) => <Shown tone="removed" value={was} unit={unit} /> },
      { key: "to", title: titles[1], cell: ({ becomes, unit }) => <Shown tone="added" value={becomes} unit={unit} /> },
      ...(differences.some(({ note }) => note !== undefined)
        ? [{ key: "note", title: "Note", cell: ({ note }: Difference) => note }]
        : [])
    ]}
  />
)

const Shown = ({ tone, unit, value }: {
  readonly tone: "added" | "removed"
  readonly value: Schema.Json
  readonly unit: string
}) => (
  <span className={`setting-value-shown ${tone}`}>
    <PlainText>{valueWords(value, unit)}</PlainText>
  </span>
)
