import { renameSync, writeFileSync } from "node:fs"

/** Whoever reads meanwhile sees the old file or the new one. For its owner alone. */
export const replaceFile = (path: string, text: string) => {
  writeFileSync(`${path}.new`, text, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}
