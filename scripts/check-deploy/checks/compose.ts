import { Effect, Schema } from "effect"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { settingTables } from "../../package/settingTables.ts"
import { repository } from "../../stack/Paths.ts"
import { programNames } from "../../stack/Program.ts"
import { type Check, CheckFailed, type ToolPaths } from "../Check.ts"
import { mustRun, noneOf } from "../tool.ts"

/** What is looked at of a service, as the implementation of the specification understands it. */
const Service = Schema.Struct({
  image: Schema.String,
  profiles: Schema.optionalKey(Schema.Array(Schema.String)),
  read_only: Schema.optionalKey(Schema.Boolean),
  environment: Schema.optionalKey(Schema.Record(Schema.String, Schema.NullOr(Schema.String))),
  volumes: Schema.optionalKey(Schema.Array(Schema.Struct({ type: Schema.String, source: Schema.String }))),
  depends_on: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct({ condition: Schema.String }))),
  healthcheck: Schema.optionalKey(Schema.Unknown)
})

const Project = Schema.fromJsonString(Schema.Struct({ services: Schema.Record(Schema.String, Service) }))
type Services = (typeof Project.Type)["services"]

const path = join(repository, "deploy/compose.yaml")

/** What the file means with these profiles; a warning is a fault too. */
const read = (tool: ToolPaths, profiles: string): Effect.Effect<Services, CheckFailed> =>
  Effect.gen(function*() {
    const env = {
      COMPOSE_PROFILES: profiles,
      MUTT_IMAGE: "mutt:checked",
      MOOG_WEBHOOK_URL: "https://platform.example.com"
    }
    const [project = "", ...warnings] = (yield* mustRun(tool("compose"), [path], { env })).said.split("\n")
    yield* noneOf(warnings)
    const { services } = yield* Schema.decodeEffect(Project)(project)
    return services
  }).pipe(
    Effect.catchTag("SchemaError", ({ message }) => new CheckFailed({ problems: [message] })),
    Effect.mapError(({ problems }) =>
      new CheckFailed({ problems: problems.map((problem) => `profiles "${profiles}": ${problem}`) })
    )
  )

/** What the specification lets in and is wrong here. */
const problemsOf = (services: Services): ReadonlyArray<string> => {
  const known = new Set(settingTables().flatMap(({ settings }) => settings.map(({ name }) => name)))
  return Object.entries(services).flatMap(([name, service]) => {
    const isOurs = service.image.startsWith("mutt:")
    const variables = isOurs ? Object.keys(service.environment ?? {}) : []
    const files = (service.volumes ?? []).flatMap(({ source, type }) => type === "bind" ? [source] : [])
    const waitsFor = Object.entries(service.depends_on ?? {}).filter(([, { condition }]) =>
      condition === "service_healthy"
    )
    return [
      ...variables.filter((variable) => !known.has(variable)).map((variable) => `sets ${variable}, no setting`),
      // Docker would make an empty folder in its place.
      ...files.filter((file) => !file.startsWith(join(repository, "deploy/secrets/")) && !existsSync(file))
        .map((file) => `has no file ${file}`),
      ...waitsFor.filter(([other]) => services[other]?.healthcheck === undefined)
        .map(([other]) => `waits in vain for the health of ${other}`),
      ...isOurs && service.read_only !== true ? ["may write to its image"] : []
    ].map((problem) => `${name} ${problem}`)
  })
}

export const compose: Check = {
  name: "compose",
  what: "compose.yaml is sound by the implementation of its specification, and each variable of it is a setting",
  tools: ["compose"],
  run: (tool) =>
    Effect.gen(function*() {
      const all = yield* read(tool, "*")
      const profiles = [...new Set(Object.values(all).flatMap((service) => service.profiles ?? []))]
      // Whoever is there without a profile needs nobody of one.
      yield* Effect.forEach(["", ...profiles], (profile) => read(tool, profile))
      yield* noneOf([
        ...programNames.flatMap((name) => all[name] === undefined ? [`no service runs ${name}`] : []),
        ...problemsOf(all)
      ])
      return `${Object.keys(all).length} services, with ${profiles.join(", ")} and without`
    })
}
