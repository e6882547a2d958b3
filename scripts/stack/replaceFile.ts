import { renameSync, writeFileSync } from "node:fs"

/** Whoever reads meanwhile, or after a crash, sees the old file or the new one. For its owner alone. */
export const replaceFile = (path: string, text: string) => {
  writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
}
