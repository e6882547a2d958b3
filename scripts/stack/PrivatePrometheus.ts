import { Effect, Option } from "effect"
import { accessSync, constants, existsSync, mkdirSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { jobs } from "../monitoring/Alert.ts"
import { repository } from "./Paths.ts"
import { privateServer } from "./PrivateServer.ts"
import { type ProgramName, programNames } from "./Program.ts"
import { replaceFile } from "./replaceFile.ts"
import { clientTool } from "./Tools.ts"

/** The files of `deploy/prometheus` with the rules. */
export const shippedRules: ReadonlyArray<string> = ["recording", "alerts"].map((name) =>
  join(repository, `deploy/prometheus/${name}.rules.yml`)
)

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** `PROMETHEUS_BIN`, what the bootstrap brought, or the system's. */
export const findPrometheus: Effect.Effect<string | undefined> = Effect.gen(function*() {
  const given = process.env["PROMETHEUS_BIN"]
  if (given !== undefined && given !== "") return isProgram(given) ? given : undefined
  const brought = yield* Effect.option(clientTool("prometheus"))
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "prometheus"))
  return [...Option.match(brought, { onNone: () => [], onSome: ({ bin }) => [bin] }), ...onPath].find(isProgram)
})

const answers = (url: string) =>
  Effect.tryPromise((signal) => fetch(`${url}/-/ready`, { signal })).pipe(
    Effect.timeout("2 seconds"),
    Effect.map(({ status }) => status === 200),
    Effect.orElseSucceed(() => false)
  )

/** JSON is YAML, too. */
const configText = (options: PrometheusOptions): string =>
  `${
    JSON.stringify(
      {
        global: {
          scrape_interval: options.interval,
          scrape_timeout: options.interval,
          evaluation_interval: options.evaluate ?? options.interval
        },
        rule_files: options.rules,
        scrape_configs: programNames.map((name) => ({
          job_name: jobs[name],
          scheme: options.ca === undefined ? "http" : "https",
          tls_config: options.ca === undefined ? undefined : { ca_file: options.ca },
          static_configs: [{ targets: (options.programs[name] ?? []).map((port) => `127.0.0.1:${port}`) }]
        }))
      },
      null,
      2
    )
  }\n`

interface PrometheusOptions {
  readonly bin: string
  readonly port: number
  /** For its configuration, its data and its log. */
  readonly folder: string
  readonly rules: ReadonlyArray<string>
  /** Between two scrapes, such as `5s`. */
  readonly interval: string
  /** Between two looks at the rules, where that differs. */
  readonly evaluate?: string
  readonly programs: Readonly<Partial<Record<ProgramName, ReadonlyArray<number>>>>
  /** With it the programs speak TLS. */
  readonly ca?: string | undefined
}

/** A Prometheus on the loopback address that scrapes these programs. */
export const privatePrometheus = (options: PrometheusOptions) =>
  Effect.gen(function*() {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    const config = join(options.folder, "prometheus.yml")
    replaceFile(config, configText(options))
    // Debian's build has its pages in a folder, which is another one where the package was only unpacked.
    const pages = join(dirname(options.bin), "../share/prometheus/web")
    const url = `http://127.0.0.1:${options.port}`
    const server = yield* privateServer({
      name: "Prometheus",
      launch: {
        program: options.bin,
        args: [
          `--config.file=${config}`,
          `--storage.tsdb.path=${join(options.folder, "data")}`,
          "--storage.tsdb.retention.time=35d",
          `--web.listen-address=127.0.0.1:${options.port}`,
          "--log.level=warn",
          ...(existsSync(pages) ? [`--web.local-assets=${pages}`] : [])
        ],
        log: join(options.folder, "prometheus.log"),
        stopSignal: "TERM"
      },
      ready: () => answers(url)
    })
    return { ...server, url }
  })
