import { existsSync, globSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../stack/Paths.ts"
import type { Promised } from "./promises.ts"

/** Test files, and which tests of them are left out, as a regular expression. */
export interface Tests {
  readonly files: ReadonlyArray<string>
  readonly without: string | undefined
}

export const expand = (globs: ReadonlyArray<string>): ReadonlyArray<string> =>
  globs.flatMap((glob) => globSync(glob, { cwd: repository })).toSorted()

/** Tests mirror the tree: `test/src/logic/x.test.ts` is of `src/logic/x.ts`. */
const mirror = (file: string): ReadonlyArray<string> => {
  const path = `test/${file.replace(/\.ts$/, ".test.ts")}`
  return existsSync(join(repository, path)) ? [path] : []
}

/** The tests of a file: those of a promise that names it, else its mirror. */
export const testsOf = (file: string, promises: ReadonlyArray<Promised>): Tests => {
  const promise = promises.find(({ files }) => expand(files).includes(file))
  return promise === undefined
    ? { files: mirror(file), without: undefined }
    : { files: expand(promise.tests), without: promise.without?.source }
}
