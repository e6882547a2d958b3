/**
 * Where the settings are in Redis: a hash of setting → JSON, with `_epoch` and `_version`, and the channel that announces changes.
 * Both share a hash tag.
 */
export const configKeys = {
  hash: "mutt:{config}",
  channel: "mutt:{config}:updates",
  /** Hash: instance → what it runs. */
  instances: "mutt:{config}:instances",
  epoch: "_epoch",
  version: "_version"
} as const
