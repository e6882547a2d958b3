import type { RulesApplied } from "../../../../../src/api/web-ui/RuleVersions.ts"
import { ask } from "../../api/client.ts"
import { ImportDialog } from "../../parts/ImportDialog.tsx"
import { rememberReason } from "../../parts/Reason.tsx"
import { notify } from "../../shell/Notices.tsx"
import { Applied } from "./Applied.tsx"
import { readRuleFile, type RuleFile } from "./readRuleFile.ts"
import { takeBackTo } from "./ruleSetChanges.ts"
import { readRulesAgain } from "./useRules.ts"

/** Characters of a file. */
const longest = 8_000_000

interface Checked {
  readonly file: RuleFile
  readonly seen: number
  readonly would: RulesApplied
}

const check = async (text: string) => {
  const read = await readRuleFile(text)
  if ("wrong" in read) return read
  const { file } = read
  const { version } = await ask((api) => api.rulesAtWork.instances())
  const would = await ask((api) =>
    api.ruleVersions.apply({ headers: {}, payload: { ...file, dry_run: true, if_version: version } })
  )
  return { checked: { file, seen: version, would } }
}

const shows = ({ would }: Checked) => <Applied of={would} />

const apply = async ({ file, seen }: Checked, reason: string) => {
  const why = reason.trim() === "" ? {} : { reason: reason.trim() }
  const { version } = await ask((api) =>
    api.ruleVersions.apply({ headers: {}, payload: { ...file, ...why, if_version: seen } })
  )
  rememberReason(reason)
  notify(`The rules are what the file says, as version ${version}.`, { undo: () => takeBackTo(seen, version) })
  await readRulesAgain()
}

/** Makes the rules what a file says: first what would change, then the change. */
export const RulesImport = ({ close }: { readonly close: () => void }) => (
  <ImportDialog<Checked>
    title="Import a rule file"
    note="Rules that the file does not name are deleted. Hosts, teams and tests that it does not speak of stay."
    fileLabel="File, YAML or JSON"
    accept=".yaml,.yml,.json"
    longest={longest}
    check={check}
    shows={shows}
    apply={apply}
    close={close}
  />
)
