import { type FormEvent, type ReactNode, useState } from "react"
import { Matrix } from "./Matrix.tsx"
import { type Differing, differing, merge } from "./threeWay.ts"

/** What two people made of one thing: as it was, theirs and mine side by side, and field by field to choose. */
export function Conflict<A extends object>({ base, close, merged, mine, nameOf, shown, theirs }: {
  readonly base: A
  readonly theirs: A
  readonly mine: A
  readonly nameOf: (key: keyof A & string) => ReactNode
  /** One field of any of the three. */
  readonly shown: (key: keyof A & string, of: A) => ReactNode
  readonly close: () => void
  readonly merged: (merged: A) => void
}) {
  const fields = differing(base, theirs, mine)
  const [takeMine, setTakeMine] = useState(() =>
    new Set(fields.filter(({ take }) => take === "mine").map(({ key }) => key))
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    merged(merge(theirs, mine, takeMine))
  }
  const take = (key: keyof A & string, isMine: boolean) => {
    const next = new Set(takeMine)
    if (isMine) next.add(key)
    else next.delete(key)
    setTakeMine(next)
  }
  const choice = (whose: "theirs" | "mine") => ({ key }: Differing<A>) => (
    <label className="row">
      <input
        type="radio"
        name={key}
        checked={takeMine.has(key) === (whose === "mine")}
        onChange={() => take(key, whose === "mine")}
      />
      <span className="visually-hidden">{whose === "mine" ? "mine:" : "theirs:"}</span>
      {shown(key, whose === "mine" ? mine : theirs)}
    </label>
  )
  return (
    <form onSubmit={submit}>
      <p>Nothing was saved. Choose for each field, and look at the result once more before it is saved.</p>
      <Matrix
        caption="Fields that differ"
        of="Field"
        nameOf={({ key }) => nameOf(key)}
        keyOf={({ key }) => key}
        rows={fields}
        empty="Both made the same of it."
        columns={[
          { key: "base", title: "It was", cell: ({ key }) => shown(key, base) },
          { key: "theirs", title: "Theirs", cell: choice("theirs") },
          { key: "mine", title: "Mine", cell: choice("mine") }
        ]}
      />
      <div className="actions">
        <button type="button" onClick={close}>Back to the form</button>
        <button type="submit" className="primary">Go on with these</button>
      </div>
    </form>
  )
}
