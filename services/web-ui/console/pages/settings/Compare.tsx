import type { SettingItem } from "../../../../../src/api/web-ui/Settings.ts"
import { useAsk } from "../../api/query.ts"
import { Panel } from "../../parts/Panel.tsx"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"
import { VersionField } from "../../parts/VersionField.tsx"
import { DiffTable } from "./DiffTable.tsx"
import { differing } from "./versions.ts"

const useVersion = (version: number) =>
  useAsk(["config", "version", version], (api) => api.settings.version({ params: { version } }), { keep: true })

/** Any two versions of the settings beside each other. */
export const Compare = ({ close, from, items, newest, set, to }: {
  readonly from: number
  readonly to: number
  readonly newest: number
  readonly items: ReadonlyArray<SettingItem>
  readonly set: (from: number, to: number) => void
  readonly close: () => void
}) => {
  const before = useVersion(from)
  const after = useVersion(to)
  const unitOf = (key: string) => items.find((item) => item.key === key)?.unit ?? ""
  return (
    <Panel
      title={`Version ${from} beside ${to === newest ? `${to}, which is in force` : to}`}
      actions={<button type="button" onClick={close}>Close the comparison</button>}
    >
      <div className="stack">
        <div className="row">
          <VersionField label="From version" value={from} most={newest} set={(version) => set(version, to)} />
          <VersionField label="To version" value={to} most={newest} set={(version) => set(from, version)} />
        </div>
        <Stale read={before}>
          {(old) => (
            <Stale read={after}>
              {(young) => (
                <div className="stack">
                  <p className="quiet-text">
                    {young.changed_by === null ? "Nobody has changed anything at that version." : (
                      <>
                        Version {to} was made by {young.changed_by} <Time at={young.changed_at} ago />.
                      </>
                    )}
                  </p>
                  <DiffTable
                    caption={`What differs between version ${from} and version ${to}`}
                    titles={[`Version ${from}`, `Version ${to}`]}
                    empty="They are the same."
                    differences={differing(old.config, young.config, unitOf)}
                  />
                </div>
              )}
            </Stale>
          )}
        </Stale>
      </div>
    </Panel>
  )
}
