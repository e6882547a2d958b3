/** What an `If-Match` says was seen. */
export interface VersionSeen {
  readonly ifVersion: number
  readonly ifEpoch?: string
}

const epochDigits = 8

/**
 * A version with the beginning of its epoch: versions count anew in a ledger that was restored from a backup, and what was seen before
 * must not fit by chance.
 */
export const etagOf = ({ epoch, version }: { readonly epoch: string; readonly version: number }): string =>
  `"${epoch.slice(0, epochDigits)}-${version}"`

/**
 * An ETag of ours, weak or not; or a version alone, for people and older clients. `*` is no condition, since every setting exists. Anything
 * else is no version and fits none.
 */
export const versionSeen = (header: string | undefined): VersionSeen | undefined => {
  const text = header?.trim() ?? ""
  if (text === "" || text === "*") return undefined
  const found = /^(?:W\/)?"?(?:([0-9a-f]{8})-)?(\d{1,15})"?$/.exec(text)
  if (found?.[2] === undefined) return { ifVersion: -1 }
  const ifVersion = Number(found[2])
  return found[1] === undefined ? { ifVersion } : { ifVersion, ifEpoch: found[1] }
}
