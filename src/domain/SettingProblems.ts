import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { problem } from "./Problem.ts"

/** No setting has this name; `nearest` is the one most like it. */
export class SettingUnknown
  extends HttpApiError.Problem<SettingUnknown>()(...problem("SettingUnknown", 404, { nearest: Schema.String }))
{}

/** There is no such version to go back to. */
export class VersionUnknown extends HttpApiError.Problem<VersionUnknown>()(...problem("VersionUnknown", 404, {})) {}

/** The setting changed since the caller saw it; `version` is the newest. */
export class VersionStale
  extends HttpApiError.Problem<VersionStale>()(...problem("VersionStale", 412, { version: Schema.Int }))
{}

/** The version that a writer saw, from `If-Match`; empty when any will do. */
export interface VersionSeen {
  readonly ifVersion?: number | undefined
  /** The beginning of the epoch of that version. */
  readonly ifEpoch?: string | undefined
}

/**
 * Compares what a writer saw with the present `version`; `undefined` when the change may be made.
 *
 * A version of another epoch, or above the `newest` of all, was seen before the database was restored.
 */
export const versionStale = (
  { ifEpoch = "", ifVersion }: VersionSeen,
  { epoch, newest, version }: { readonly epoch: string; readonly version: number; readonly newest: number }
): VersionStale | undefined =>
  ifVersion !== undefined && (version > ifVersion || ifVersion > newest || !epoch.startsWith(ifEpoch))
    ? new VersionStale({ detail: `It is at version ${version} now; ${sawWords(ifVersion, version)}`, version })
    : undefined

const sawWords = (seen: number, version: number): string => {
  if (seen < 0) return "the If-Match is no version of it."
  return seen >= version ? "what you saw was before it was restored." : `you saw ${seen}.`
}
