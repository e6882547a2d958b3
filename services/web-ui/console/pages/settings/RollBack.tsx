import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { useAsk } from "../../api/query.ts"
import { Stale } from "../../parts/Stale.tsx"
import { ConfirmChange } from "./ConfirmChange.tsx"
import { DiffTable } from "./DiffTable.tsx"
import { etagOf, rollBack } from "./saveSettings.ts"

/** Goes back to all settings of an older version, as a new one. The server says beforehand what that would change. */
export const RollBack = ({ close, now, to }: {
  readonly to: number
  readonly now: { readonly epoch: string; readonly version: number; readonly items: ReadonlyArray<SettingItem> }
  readonly close: () => void
}) => {
  const preview = useAsk(["config", "rollback", to, now.epoch, now.version], (api) =>
    api.settings.rollback({
      headers: { "if-match": etagOf(now) },
      query: {},
      payload: { version: to, dry_run: true }
    }))
  const unitOf = (key: string) => now.items.find((item) => item.key === key)?.unit ?? ""
  return (
    <ConfirmChange
      title={`Go back to version ${to}`}
      close={close}
      nothing={(preview.data?.changes.length ?? 0) === 0}
      verb="Go back"
      make={(reason) => rollBack(to, now, reason)}
    >
      <Stale read={preview}>
        {({ changes }) => (
          <DiffTable
            caption="What would change"
            titles={["Now", "Becomes"]}
            empty="Nothing: the settings are as they were then."
            differences={changes.map(({ key, new_value, old_value }) => ({
              key,
              was: old_value,
              becomes: new_value,
              unit: unitOf(key)
            }))}
          />
        )}
      </Stale>
    </ConfirmChange>
  )
}
