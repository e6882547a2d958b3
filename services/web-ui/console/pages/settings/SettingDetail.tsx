import { Link } from "@tanstack/react-router"
import { useState } from "react"
import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { Detail } from "../../shell/Page.tsx"
import { HistoryList } from "./HistoryList.tsx"
import { valueWords } from "./words.ts"

/** One setting and all that was ever made of it. */
export const SettingDetail = ({ close, compare, item, now }: {
  readonly item: SettingItem
  readonly now: { readonly epoch: string; readonly version: number; readonly items: ReadonlyArray<SettingItem> }
  readonly compare: (from: number, to: number) => void
  readonly close: () => void
}) => {
  const [page, setPage] = useState(1)
  return (
    <Detail title={item.key} close={close}>
      <p>{item.description}</p>
      <dl className="facts">
        <dt>Value</dt>
        <dd>{valueWords(item.value, item.unit)}</dd>
        <dt>Default</dt>
        <dd>{valueWords(item.default, item.unit)}</dd>
        <dt>Range</dt>
        <dd>{item.range}</dd>
        <dt>Read by</dt>
        <dd>{item.programs.join(", ")}</dd>
      </dl>
      <Link to="/audit" search={{ table: "dynamic_config", record: item.key }}>In the record</Link>
      <h3>Its history</h3>
      <HistoryList key={item.key} now={now} settingKey={item.key} page={page} setPage={setPage} compare={compare} />
    </Detail>
  )
}
