import { Effect, Schema } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import { settingTables } from "../../package/settingTables.ts"
import { repository } from "../../stack/Paths.ts"
import { programNames } from "../../stack/Program.ts"
import { type Check, CheckFailed } from "../Check.ts"
import { noneOf } from "../tool.ts"

const Source = Schema.Union([Schema.String, Schema.Struct({ source: Schema.String, target: Schema.String })])
const Health = Schema.Struct({
  test: Schema.Array(Schema.String),
  interval: Schema.String,
  timeout: Schema.String,
  retries: Schema.Int,
  start_period: Schema.String
})
const condition = Schema.Literals(["service_started", "service_healthy", "service_completed_successfully"])

/** The part of the compose specification that the file uses; a key that is not here is taken for a mistake. */
const Service = Schema.Struct({
  image: Schema.String,
  command: Schema.optionalKey(Schema.Array(Schema.String)),
  profiles: Schema.optionalKey(Schema.Array(Schema.String)),
  restart: Schema.optionalKey(Schema.Literals(["no", "always", "on-failure", "unless-stopped"])),
  read_only: Schema.optionalKey(Schema.Boolean),
  cap_add: Schema.optionalKey(Schema.Array(Schema.String)),
  cap_drop: Schema.optionalKey(Schema.Array(Schema.String)),
  security_opt: Schema.optionalKey(Schema.Array(Schema.String)),
  stop_grace_period: Schema.optionalKey(Schema.String),
  tmpfs: Schema.optionalKey(Schema.Array(Schema.String)),
  env_file: Schema.optionalKey(Schema.Array(Schema.String)),
  environment: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  secrets: Schema.optionalKey(Schema.Array(Source)),
  configs: Schema.optionalKey(Schema.Array(Source)),
  volumes: Schema.optionalKey(Schema.Array(Schema.String)),
  ports: Schema.optionalKey(Schema.Array(Schema.String.check(Schema.isPattern(/^(?:[\d.]+:)?\d+:\d+(?:\/udp)?$/)))),
  depends_on: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct({ condition }))),
  healthcheck: Schema.optionalKey(Health)
})
type Service = typeof Service.Type

const Compose = Schema.Struct({
  name: Schema.String,
  services: Schema.Record(Schema.String, Service),
  configs: Schema.Record(Schema.String, Schema.Struct({ content: Schema.String })),
  secrets: Schema.Record(Schema.String, Schema.Struct({ file: Schema.String })),
  volumes: Schema.Record(Schema.String, Schema.Null)
})

const folder = join(repository, "deploy")
const read = (name: string) => readFileSync(join(folder, name), "utf8")
const decode = Schema.decodeUnknownEffect(Compose, { onExcessProperty: "error", errors: "all" })

/** `x-…` are the file's own, to be used again below. */
const composeFile = Effect.suspend(() => {
  const whole: Record<string, unknown> = parse(read("compose.yaml"), { merge: true })
  return decode(Object.fromEntries(Object.entries(whole).filter(([key]) => !key.startsWith("x-"))))
}).pipe(Effect.mapError(({ message }) => new CheckFailed({ problems: message.split("\n") })))

const sourcesOf = (all: ReadonlyArray<typeof Source.Type> | undefined) =>
  (all ?? []).map((one) => typeof one === "string" ? one : one.source)

const isOurs = ({ image }: Service) => image.includes("MUTT_IMAGE")

/** Variables that a file sets, not the ones it only tells of. */
const variablesIn = (text: string) => [...text.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name = ""]) => name)

export const compose: Check = {
  name: "compose",
  what: "compose.yaml is sound, and each variable of it is a setting",
  tools: [],
  run: () =>
    Effect.gen(function*() {
      const { configs, secrets, services, volumes } = yield* composeFile
      const known = new Set(settingTables().flatMap(({ settings }) => settings.map(({ name }) => name)))
      const all = Object.entries(services)
      yield* noneOf([
        ...programNames.flatMap((name) => services[name] === undefined ? [`no service runs ${name}`] : []),
        ...all.flatMap(([name, service]) => {
          const named = (service.volumes ?? []).map((volume) => volume.split(":")[0] ?? "")
          const files = [...service.env_file ?? [], ...named.filter((from) => from.startsWith("./"))]
          const settings = isOurs(service)
            ? [
              ...Object.keys(service.environment ?? {}),
              ...(service.env_file ?? []).flatMap((file) =>
                existsSync(join(folder, file)) ? variablesIn(read(file)) : []
              )
            ]
            : []
          return [
            ...settings.filter((variable) => !known.has(variable)).map((variable) => `sets ${variable}, no setting`),
            ...sourcesOf(service.secrets).filter((one) => secrets[one] === undefined).map((one) =>
              `has no secret ${one}`
            ),
            ...sourcesOf(service.configs).filter((one) => configs[one] === undefined).map((one) =>
              `has no config ${one}`
            ),
            ...named.filter((from) => !from.startsWith("./") && !(from in volumes)).map((one) =>
              `has no volume ${one}`
            ),
            ...files.filter((path) => !path.startsWith("./secrets/") && !existsSync(join(folder, path)))
              .map((path) => `has no file ${path}`),
            ...Object.entries(service.depends_on ?? {}).flatMap(([other, { condition }]) => {
              const needed = services[other]
              if (needed === undefined) return [`depends on ${other}, which is not there`]
              const mute = condition === "service_healthy" && needed.healthcheck === undefined
              // One that is only there with a profile holds up whoever is there without.
              const absent = (needed.profiles ?? []).length > 0 && (service.profiles ?? []).length === 0
              return mute || absent ? [`waits for ${other} in vain`] : []
            }),
            ...isOurs(service) && service.read_only !== true ? ["may write to its image"] : []
          ].map((problem) => `${name} ${problem}`)
        })
      ])
      return `${all.length} services`
    })
}
