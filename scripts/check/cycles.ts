import type { SourceFile } from "./SourceFile.ts"

/** Circles of imports, types too; each is given once, from its first file round to it again. */
export const cycles = (files: ReadonlyArray<SourceFile>): ReadonlyArray<ReadonlyArray<string>> => {
  const targets = new Map(
    files.map(({ imports, path }) => [
      path,
      imports.flatMap(({ target }) => target === undefined ? [] : [target])
    ])
  )
  const done = new Set<string>()
  const found: Array<ReadonlyArray<string>> = []

  const visit = (path: string, trail: ReadonlyArray<string>): void => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      found.push([...trail.slice(start), path])
      return
    }
    if (done.has(path)) return
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path])
    done.add(path)
  }

  for (const { path } of files) visit(path, [])
  return found
}
