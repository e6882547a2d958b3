import { useState } from "react"
import type { KeyItem } from "../../../../../src/api/web-ui/Keys.ts"
import { useAsk } from "../../api/query.ts"
import { useMay } from "../../api/useRole.ts"
import { Action } from "../../parts/Action.tsx"
import { Export, inOneGo } from "../../parts/Export.tsx"
import { type Column, Grid } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { Page } from "../../shell/Page.tsx"
import { useColumns } from "../../shell/useColumns.tsx"
import { AddKey } from "./AddKey.tsx"
import { EndLogins } from "./EndLogins.tsx"
import { isCountedHere, keysInWords } from "./keyUse.ts"
import "./Page.css"

const elsewhere = <span className="quiet-text">counted by ingestors</span>

const columns: ReadonlyArray<Column<KeyItem>> = [
  { key: "name", title: "Name", width: "minmax(120px, 1fr)", first: true, cell: ({ name }) => <b>{name}</b> },
  { key: "role", title: "Role", width: "84px", cell: ({ role }) => role },
  {
    key: "secret",
    title: "In the secret store",
    width: "minmax(180px, 1fr)",
    cell: ({ secret }) => <code>{secret}</code>
  },
  {
    key: "slots",
    title: "Values",
    width: "120px",
    cell: ({ slots }) => slots.map(({ slot }) => slot).join(" + ")
  },
  {
    key: "used",
    title: "Last used",
    width: "150px",
    cell: (item) =>
      !isCountedHere(item) ? elsewhere : item.last_used_at === null ? "not yet" : <Time at={item.last_used_at} ago />
  },
  {
    key: "from",
    title: "From",
    width: "minmax(110px, 160px)",
    cell: ({ last_used_from }) => last_used_from === null ? null : <PlainText>{last_used_from}</PlainText>
  },
  {
    key: "calls",
    title: "Calls in 24 h",
    width: "96px",
    align: "end",
    cell: (item) => isCountedHere(item) ? item.calls_24h.toLocaleString("en") : null
  }
]

const fingerprints: Column<KeyItem> = {
  key: "fingerprint",
  title: "Fingerprint",
  width: "minmax(150px, 220px)",
  cell: ({ slots }) => <code>{slots.flatMap(({ fingerprint }) => fingerprint ?? []).join(" ")}</code>
}

const withFingerprints = [...columns, fingerprints]

const exportRow = (key: KeyItem) => ({
  name: key.name,
  role: key.role,
  secret: key.secret,
  values: key.slots.map(({ slot }) => slot).join(" "),
  last_used_at: key.last_used_at,
  last_used_from: key.last_used_from,
  calls_24h: isCountedHere(key) ? key.calls_24h : null
})

const exportColumns = [
  "name",
  "role",
  "secret",
  "values",
  "last_used_at",
  "last_used_from",
  "calls_24h"
] as const satisfies ReadonlyArray<keyof ReturnType<typeof exportRow>>

/** Who is let in by which key, and whether anybody uses it. */
export const KeysPage = () => {
  const read = useAsk(["keys"], (api) => api.keys.list(), { every: 30_000 })
  const sees = useMay("admin")
  const { choice, columns: shown } = useColumns("keys", sees ? withFingerprints : columns)
  const [ending, setEnding] = useState(false)
  return (
    <Page
      title="Keys"
      actions={
        <>
          {choice}
          <Export name="keys" columns={exportColumns} read={inOneGo(read.data?.keys.map(exportRow) ?? [])} />
          <Action needs="admin" className="danger" onClick={() => setEnding(true)}>End all logins now</Action>
        </>
      }
    >
      <Stale read={read} lines={8}>
        {({ instance, keys, since }) => (
          <div className="stack">
            <p className="headline">{keysInWords(keys)}</p>
            <p className="quiet-text">
              Uses are those of requests to {instance} with the key itself, since{" "}
              <Time at={since} />. Other processes count their own; what people do after a login is in the audit, by
              their names.
            </p>
            <div className="keys-list">
              <Grid
                label="Keys"
                columns={shown}
                rows={keys}
                keyOf={({ secret }) => secret}
                empty="No key lets anybody in."
              />
            </div>
          </div>
        )}
      </Stale>
      <AddKey />
      {ending && <EndLogins close={() => setEnding(false)} />}
    </Page>
  )
}
