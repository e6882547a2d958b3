import { Schema } from "effect"
import type { Violation } from "./boundaries.ts"

const Lock = Schema.Struct({
  packages: Schema.Record(
    Schema.String,
    Schema.Struct({
      integrity: Schema.optionalKey(Schema.String),
      /** It came inside another package, whose integrity covers it. */
      inBundle: Schema.optionalKey(Schema.Boolean),
      link: Schema.optionalKey(Schema.Boolean),
      hasInstallScript: Schema.optionalKey(Schema.Boolean),
      optionalDependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
    })
  )
})
const Manifest = Schema.Struct({ allowScripts: Schema.optionalKey(Schema.Record(Schema.String, Schema.Boolean)) })

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Lock))
const decodeManifest = Schema.decodeUnknownSync(Schema.fromJsonString(Manifest))

const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)

/** Finds what a lock file lets in unseen, and what makes `npm ci` refuse it. `manifest` is the text of the package.json beside it. */
export const lockfileGaps = (path: string, text: string, manifest: string): ReadonlyArray<Violation> => {
  const { packages } = decode(text)
  const { allowScripts = {} } = decodeManifest(manifest)
  return Object.entries(packages).flatMap(([place, entry]) => {
    const name = nameOf(place)
    const messages = missingPlatforms(packages, place).map((wanted) =>
      `${place} wants ${wanted}, which is not locked: npm ci will refuse`
    )
    const covered = place === "" || entry.link === true || entry.inBundle === true || entry.integrity !== undefined
    if (!covered) messages.push(`${place} has no integrity: whatever the registry sends would be taken`)
    if (entry.hasInstallScript === true && allowScripts[name] === undefined) {
      messages.push(`${place} runs a script when installed: name it under allowScripts of package.json`)
    }
    return messages.map((message) => ({ path, line: 1, message }))
  })
}

/** npm leaves a package of another platform out when a registry does not have it. */
const missingPlatforms = (packages: (typeof Lock.Type)["packages"], place: string): Array<string> =>
  Object.keys(packages[place]?.optionalDependencies ?? {}).filter((wanted) =>
    ownersOf(place).every((owner) => packages[`${owner}node_modules/${wanted}`] === undefined)
  )

/** Where a package may find another: below itself, below its owner, and so on up to the root. */
const ownersOf = (place: string): ReadonlyArray<string> =>
  place === "" ? [""] : [`${place}/`, ...ownersOf(place.slice(0, Math.max(0, place.lastIndexOf("node_modules/") - 1)))]
