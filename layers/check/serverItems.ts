import { Effect, type Layer, Option, Schedule } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { bad, type ConfigFinding, good } from "../../src/domain/ConfigFinding.ts"
import { s3AuthorityOf, s3HttpClient } from "../archive/s3HttpClient.ts"
import { Environment } from "../environment/Environment.ts"
import { durabilityCheck } from "../http/durabilityCheck.ts"
import { type Check, type CheckResult, postgresCheck, redisCheck, schemaCheck } from "../http/HealthCheck.ts"
import { recordCheck } from "../http/recordCheck.ts"
import { rightsCheck } from "../http/rightsCheck.ts"
import { Postgres } from "../postgres/Postgres.ts"

const patience = "8 seconds"
const fixes: Readonly<Record<string, string>> = {
  redis:
    "see REDIS_HOST, REDIS_PORT, REDIS_USER, REDIS_TLS_ENABLED, REDIS_CA_CERT_PATH, the secret REDIS_PASS, and the server",
  postgres:
    "see DB_HOST, DB_PORT or DB_HOSTS, DB_NAME, DB_TLS_ENABLED, DB_TLS_CA_CERT_PATH, the secrets DB_USER and DB_PASS, and the server",
  record: "set the servers as docs/DURABILITY.md says, or DB_SYNC_STANDBYS",
  schema: "migrate with the release of the programs, as docs/UPGRADING.md says",
  durability: "set the server as docs/DURABILITY.md says",
  redis_rights: "give the user the rights of docs/SECURITY.md and no more"
}

/** Looks until all is well, or the time is over: a connection may still be on its way. */
const itemOf = ({ check, name }: Check): Effect.Effect<ConfigFinding> =>
  Effect.gen(function*() {
    let last = yield* check
    yield* check.pipe(
      Effect.tap((result) => Effect.sync(() => void (last = result))),
      Effect.repeat({
        schedule: Schedule.spaced("200 millis"),
        until: ({ detail, state }) => state === "ok" || detail === "refused"
      }),
      Effect.timeoutOption(patience)
    )
    return findingOf(name, last)
  })

const findingOf = (name: string, { detail, state }: CheckResult): ConfigFinding =>
  state === "ok"
    ? good(name, detail ?? "answers")
    : bad(name, detail ?? state, fixes[name] ?? "see the server")

/** Whether PostgreSQL answers, and then whether the program works on its schema, and how safe a row is there. */
const postgresItems = (postgres: Postgres["Service"], fixed: Environment["Service"]) =>
  Effect.gen(function*() {
    const answers = yield* itemOf(yield* postgresCheck)
    if (!answers.ok) return [answers]
    const { check, name } = yield* schemaCheck
    return [answers, findingOf(name, yield* check), yield* itemOf(yield* recordCheck)]
  }).pipe(Effect.provideService(Postgres, postgres), Effect.provideService(Environment, fixed))

const ofTheSystem = { setting: "NODE_EXTRA_CA_CERTS", client: FetchHttpClient.layer }

/** Somebody answers there, whatever it says: nothing is sent. */
const answers = (
  item: string,
  url: string,
  setting: string,
  authorities: { readonly setting: string; readonly client: Layer.Layer<HttpClient.HttpClient> } = ofTheSystem
) =>
  HttpClient.head(url).pipe(
    Effect.timeout("5 seconds"),
    Effect.map(({ status }) => good(item, `${url} answers (${status})`)),
    Effect.catch((error) => {
      const why = error._tag === "TimeoutError"
        ? "no answer within 5 seconds"
        : "no answer, or no certificate that is taken"
      return Effect.succeed(
        bad(item, `${url}: ${why}`, `see ${setting}, name service, routes, and ${authorities.setting}`)
      )
    }),
    Effect.provide(authorities.client)
  )

/** The store of the archive answers, with the authority that the archive trusts. */
const archiveItem = (endpoint: string, caFile: string | undefined) =>
  s3AuthorityOf(caFile).pipe(
    Effect.flatMap((ca) =>
      answers("archive answers", endpoint, "ARCHIVE_S3_ENDPOINT", {
        setting: "ARCHIVE_S3_CA_FILE",
        client: s3HttpClient(ca)
      })
    ),
    Effect.catchTag("PlatformError", ({ message }) =>
      Effect.succeed(bad("archive answers", message, "correct ARCHIVE_S3_CA_FILE")))
  )

/** Whether the servers of this program answer, as its `/readyz` would say it. */
export const serverItems = (fixed: Environment["Service"]) =>
  Effect.gen(function*() {
    const { program, shown } = fixed
    const isIngestor = program === "ingestor"
    const replicas = Number(/^replicated(?::(\d))?$/.exec(String(shown["INGEST_DURABILITY"]))?.[1] ?? 1)
    const waits = String(shown["INGEST_DURABILITY"]).startsWith("replicated")
    const postgres = yield* Effect.serviceOption(Postgres)
    const redis = yield* itemOf(yield* redisCheck)
    // Who does not answer cannot be asked these.
    const checks = redis.ok ? [yield* durabilityCheck(isIngestor, waits ? replicas : 0), yield* rightsCheck] : []
    const platform = shown["MOOG_WEBHOOK_URL"]
    const prometheus = shown["PROMETHEUS_URL"]
    const [archive, archiveCa] = [shown["ARCHIVE_S3_ENDPOINT"], shown["ARCHIVE_S3_CA_FILE"]]
    const others = yield* Effect.all([
      ...checks.map(itemOf),
      ...(platform === undefined
        ? []
        : [answers("platform answers", new URL(String(platform)).origin, "MOOG_WEBHOOK_URL")]),
      ...(prometheus === undefined ? [] : [answers("prometheus answers", `${prometheus}/-/ready`, "PROMETHEUS_URL")]),
      ...(archive === undefined
        ? []
        : [archiveItem(String(archive), archiveCa === undefined ? undefined : String(archiveCa))])
    ], { concurrency: "unbounded" })
    return [redis, ...(Option.isSome(postgres) ? yield* postgresItems(postgres.value, fixed) : []), ...others]
  })
