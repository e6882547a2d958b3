/** Keys and channels of the settings in Redis. All share a hash tag. */
export const configKeys = {
  /** Hash: setting → JSON, and `_epoch` and `_version`. */
  hash: "mutt:{config}",
  /** Channel: there is another version. */
  channel: "mutt:{config}:updates",
  /** Hash: instance → its report of the version it runs. */
  instances: "mutt:{config}:instances",
  /** Channel: a process runs another version now, or has refused one. */
  reports: "mutt:{config}:reports",
  epoch: "_epoch",
  version: "_version"
} as const
