import { Schema } from "effect"
import type { Violation } from "./boundaries.ts"

const Lock = Schema.Struct({
  packages: Schema.Record(
    Schema.String,
    Schema.Struct({ optionalDependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)) })
  )
})

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Lock))

/**
 * Packages of other platforms that the lock file leaves out. npm leaves them out when a registry does not have them, and `npm ci` then
 * refuses the file on every machine.
 */
export const lockfileGaps = (path: string, text: string): ReadonlyArray<Violation> => {
  const { packages } = decode(text)
  return Object.entries(packages).flatMap(([name, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter((wanted) =>
        packages[`node_modules/${wanted}`] === undefined && packages[`${name}/node_modules/${wanted}`] === undefined
      )
      .map((wanted) => ({ path, line: 1, message: `${name} wants ${wanted}, which is not locked: npm ci will refuse` }))
  )
}
