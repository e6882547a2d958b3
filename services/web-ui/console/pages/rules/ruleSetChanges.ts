import type { RulesApplied } from "../../../../../src/api/web-ui/RuleVersions.ts"
import { ask } from "../../api/client.ts"
import { rememberReason } from "../../parts/Reason.tsx"
import { notify } from "../../shell/Notices.tsx"
import { readRulesAgain } from "./useRules.ts"

interface Restoring {
  /** The version that was in force when somebody looked. */
  readonly seen: number
  readonly reason?: string
  /** Although lint or tests refuse it. */
  readonly force?: boolean
  /** Only say what would change. */
  readonly dryRun?: boolean
}

/** Makes all rules, hosts, teams and tests what they were at a version. */
const restore = (version: number, { dryRun = false, force = false, reason = "", seen }: Restoring) =>
  ask((api) =>
    api.ruleVersions.restore({
      params: { version },
      headers: {},
      payload: {
        if_version: seen,
        ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
        ...(force ? { force } : {}),
        ...(dryRun ? { dry_run: true } : {})
      }
    })
  )

/** What it would change to go back to a version. */
export const whatGoesBack = (version: number, how: Omit<Restoring, "dryRun">): Promise<RulesApplied> =>
  restore(version, { ...how, dryRun: true })

/** Undoes what was made of a version, if nobody has changed anything since. */
export const takeBackTo = async (version: number, seen: number): Promise<void> => {
  await restore(version, { seen, reason: "Taken back in the console." })
  await readRulesAgain()
}

/** Goes back to a version, as a new one. */
export const goBackTo = async (version: number, how: Omit<Restoring, "dryRun">): Promise<void> => {
  const { version: made } = await restore(version, how)
  rememberReason(how.reason ?? "")
  notify(`The rules are as in version ${version} again, as version ${made}.`, {
    undo: () => takeBackTo(how.seen, made)
  })
  await readRulesAgain()
}
