import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { ConfirmChange } from "./ConfirmChange.tsx"
import { DiffTable } from "./DiffTable.tsx"
import { saveSettings } from "./saveSettings.ts"
import { takingBack, type VersionMade } from "./versions.ts"

/** Takes one version back, as a new one: later changes of other settings stay. */
export const TakeBack = ({ close, made, now }: {
  readonly made: VersionMade
  readonly now: { readonly epoch: string; readonly version: number; readonly items: ReadonlyArray<SettingItem> }
  readonly close: () => void
}) => {
  const plan = takingBack(made.changes, now.items)
  return (
    <ConfirmChange
      title={`Take back version ${made.version}`}
      close={close}
      nothing={plan.length === 0}
      verb="Take back"
      make={(reason) =>
        saveSettings(
          {
            config: Object.fromEntries(plan.map(({ item, to }) => [item.key, to])),
            reason: reason === "" ? `Takes back version ${made.version}` : reason,
            seen: now
          },
          Object.fromEntries(plan.map(({ item }) => [item.key, item.is_set ? item.value : null]))
        )}
    >
      <DiffTable
        caption="What would change"
        titles={["Now", "Becomes"]}
        empty="Nothing: the settings are as they were before it."
        differences={plan.map(({ becomes, item }) => ({
          key: item.key,
          was: item.value,
          becomes,
          unit: item.unit,
          note: item.version > made.version ? `◆ changed since by ${item.changed_by ?? "somebody"}` : undefined
        }))}
      />
    </ConfirmChange>
  )
}
