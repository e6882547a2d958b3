import type { Violation } from "./boundaries.ts"

const homes = /(?<![\w.])\/(?:root|home|Users|tmp)\/[A-Za-z.]/

/** Paths that exist on one machine only. A temporary folder belongs to the language's own API. */
export const machinePaths = (path: string, text: string, repository: string): ReadonlyArray<Violation> =>
  text.split("\n").flatMap((line, index) =>
    homes.test(line) || (repository.lastIndexOf("/") > 0 && line.includes(repository))
      ? [{ path, line: index + 1, message: "names a path of one machine" }]
      : []
  )
