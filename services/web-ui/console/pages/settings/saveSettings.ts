import type { Schema } from "effect"
import { ask } from "../../api/client.ts"
import { queries } from "../../api/query.ts"
import { rememberReason } from "../../parts/Reason.tsx"
import { notify } from "../../shell/Notices.tsx"

interface Version {
  readonly epoch: string
  readonly version: number
}

/** The ETag of the settings at a version: versions count anew in a database restored from a backup. */
export const etagOf = ({ epoch, version }: Version): string => `"${epoch.slice(0, 8)}-${version}"`

interface Change {
  /** Setting → value; `null` is the default. */
  readonly config: Readonly<Record<string, Schema.Json>>
  readonly reason: string
  /** What was seen when the change was decided. */
  readonly seen: Version
}

const because = (reason: string) => reason.trim() === "" ? {} : { reason: reason.trim() }

const apply = ({ config, reason, seen }: Change) =>
  ask((api) =>
    api.settings.apply({
      headers: { "if-match": etagOf(seen) },
      query: {},
      payload: { config, ...because(reason) }
    })
  )

interface Made {
  readonly version: number
  readonly propagated: boolean
  readonly instances: ReadonlyArray<unknown>
  readonly changes: ReadonlyArray<unknown>
}

/** Shows what came of a change; `undo` is a change of its own. */
const made = async (
  { changes, instances, propagated, version }: Made,
  { reason, undo }: { readonly reason: string; readonly undo: () => Promise<unknown> }
): Promise<void> => {
  rememberReason(reason)
  const what = changes.length === 1 ? "One setting" : `${changes.length} settings`
  const slow = propagated ? "" : " Redis does not answer; every process follows when it does."
  notify(`${what} changed: version ${version}.${slow}`, { undo })
  if (propagated) queries.setQueryData(["config", "instances"], { instances })
  await queries.invalidateQueries({ queryKey: ["config"] })
}

/** Saves a change as one version, and offers to take it back. */
export const saveSettings = async (change: Change, before: Readonly<Record<string, Schema.Json>>): Promise<void> => {
  const answer = await apply(change)
  const undo = async () => {
    const seen = { epoch: change.seen.epoch, version: answer.version }
    await apply({ config: before, reason: `Takes back version ${answer.version}`, seen })
    await queries.invalidateQueries({ queryKey: ["config"] })
  }
  await made(answer, { reason: change.reason, undo })
}

/** Makes a new version with the values of an old one; the way back is a rollback to the version before. */
export const rollBack = async (to: number, seen: Version, reason: string): Promise<void> => {
  const back = (version: number, now: Version, why: string) =>
    ask((api) =>
      api.settings.rollback({ headers: { "if-match": etagOf(now) }, query: {}, payload: { version, ...because(why) } })
    )
  const answer = await back(to, seen, reason)
  const undo = async () => {
    const now = { epoch: seen.epoch, version: answer.version }
    await back(seen.version, now, `Takes back version ${answer.version}`)
    await queries.invalidateQueries({ queryKey: ["config"] })
  }
  await made(answer, { reason, undo })
}
