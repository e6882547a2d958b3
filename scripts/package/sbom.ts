import { Schema } from "effect"
import { execFileSync } from "node:child_process"
import manifest from "../../package.json" with { type: "json" }
import { repository } from "../stack/Paths.ts"
import type { ThirdParty } from "./thirdParty.ts"

const Component = Schema.StructWithRest(
  Schema.Struct({ name: Schema.String, version: Schema.String, group: Schema.optionalKey(Schema.String) }),
  [Schema.Record(Schema.String, Schema.Json)]
)
const Bill = Schema.fromJsonString(Schema.StructWithRest(
  Schema.Struct({
    metadata: Schema.StructWithRest(Schema.Struct({ component: Schema.Record(Schema.String, Schema.Json) }), [
      Schema.Record(Schema.String, Schema.Json)
    ]),
    components: Schema.Array(Component),
    dependencies: Schema.Json
  }),
  [Schema.Record(Schema.String, Schema.Json)]
))
const decode = Schema.decodeUnknownSync(Bill)

/**
 * The bill of materials of what ships, in CycloneDX. npm knows each package and its hash; which of them are in our files
 * it does not (`--omit dev` leaves out what a tool of the developers needs too), so it is told. Same sources, same bytes:
 * neither the serial number nor the time of npm is kept.
 */
export const sbom = (parties: ReadonlyArray<ThirdParty>, seconds: number): string => {
  // Whoever built the console in this process has set NODE_ENV, by which npm would leave out what developers need.
  const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--include=dev"]
  const { components, dependencies: _, metadata, serialNumber: __, ...rest } = decode(
    execFileSync("npm", args, { cwd: repository, encoding: "utf8", maxBuffer: 1 << 26 })
  )
  const shipped = new Set(parties.map(({ name, version }) => `${name}@${version}`))
  const nameOf = ({ group, name }: typeof Component.Type) => group === undefined ? name : `${group}/${name}`
  const kept = components.filter((one) => shipped.has(`${nameOf(one)}@${one.version}`))
  const bill = {
    ...rest,
    // npm has the name of the folder.
    metadata: {
      ...metadata,
      component: { ...metadata.component, name: manifest.name },
      timestamp: new Date(seconds * 1_000).toISOString()
    },
    components: kept
  }
  return `${JSON.stringify(bill, undefined, 2)}\n`
}
