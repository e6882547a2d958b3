/**
 * Where the settings are in Redis: a hash of setting → JSON, with `_epoch` and `_version`, and the channel that announces changes.
 * All share a hash tag.
 */
export const configKeys = {
  hash: "mutt:{config}",
  channel: "mutt:{config}:updates",
  /** Hash: instance → what it runs. */
  instances: "mutt:{config}:instances",
  /** Channel: a process runs another version now, or has refused one. */
  reports: "mutt:{config}:reports",
  epoch: "_epoch",
  version: "_version"
} as const
