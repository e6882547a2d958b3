import { Config, Effect, Option, Redacted, Schedule, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { CommandFailed, connection, withApi } from "./api.ts"
import { inputFile } from "./inputFile.ts"
import { answer } from "./output.ts"

/** Whom the event is of: no device has this name. */
const hostname = "mutt-smoke-test"

const options = {
  ingestor: Flag.String("ingestor").pipe(
    Flag.withDefault("http://127.0.0.1:8080"),
    Flag.withDescription("Where the ingestor answers (http://127.0.0.1:8080)")
  ),
  ingestKey: Flag.Redacted("ingest-key").pipe(
    Flag.withFallbackConfig(Config.Redacted("INGEST_API_KEY")),
    Flag.withDefault(Redacted.make("")),
    Flag.withDescription("Key that may send events; better given as INGEST_API_KEY")
  ),
  secrets: Flag.String("secrets").pipe(
    Flag.optional,
    Flag.withDescription("File of the secret store, for keys that are not given: INGEST_API_KEY and VIEWER_API_KEY")
  ),
  timeout: Flag.Int("timeout").pipe(
    Flag.filter((seconds) => seconds >= 1 && seconds <= 3_600, () => "Expected 1 to 3600 seconds"),
    Flag.withDefault(60),
    Flag.withDescription("Seconds in which the event must be decided (60)")
  )
}

const SecretNames = Schema.Record(Schema.String, Schema.String)
const Queued = Schema.Struct({ accepted: Schema.Int, correlation_id: Schema.String })

/** Looks up a key in the file of secrets, where it was not given. */
const keysFrom = Effect.fnUntraced(function*(file: Option.Option<string>) {
  const secrets = Option.isSome(file) ? yield* inputFile(SecretNames)(file.value) : {}
  return (given: Redacted.Redacted, name: string) =>
    Redacted.value(given) === "" ? Redacted.make(secrets[`${name}_CURRENT`] ?? secrets[name] ?? "") : given
})

/** Sends one event, and answers its id. */
const send = Effect.fnUntraced(
  function*(ingestor: string, key: Redacted.Redacted) {
    const client = yield* HttpClient.HttpClient
    const request = HttpClientRequest.post(`${ingestor.replace(/\/+$/, "")}/api/v2/ingest`).pipe(
      HttpClientRequest.setHeader("x-api-key", Redacted.value(key)),
      HttpClientRequest.bodyJsonUnsafe({ hostname, message: "mutt smoke-test: is this decided?", severity: "info" })
    )
    const response = yield* client.execute(request)
    if (response.status !== 200) {
      return yield* new CommandFailed({ message: `the ingestor did not take the event: HTTP ${response.status}` })
    }
    return yield* HttpClientResponse.schemaBodyJson(Queued)(response)
  },
  Effect.timeout("10 seconds"),
  Effect.provide(FetchHttpClient.layer),
  (sent, ingestor) =>
    Effect.catchTags(sent, {
      HttpClientError: () => new CommandFailed({ message: `${ingestor} does not answer (--ingestor)` }),
      TimeoutError: () => new CommandFailed({ message: `${ingestor} does not answer in time (--ingestor)` }),
      SchemaError: () => new CommandFailed({ message: `what answers at ${ingestor} is no ingestor (--ingestor)` })
    })
)

/** Each answer of the books is as good as any later one that has the event. */
const looks = Schedule.spaced("250 millis")

export const smokeTest = Command.make(
  "smoke-test",
  { connection, options },
  Effect.fnUntraced(function*({ connection, options }) {
    const key = yield* keysFrom(options.secrets)
    const asked = { ...connection, key: key(connection.key, "VIEWER_API_KEY") }
    yield* withApi(asked, (api) =>
      Effect.gen(function*() {
        const before = yield* api.overview.books()
        const { accepted, correlation_id } = yield* send(options.ingestor, key(options.ingestKey, "INGEST_API_KEY"))
        const query = { hostname, correlation_id, limit: 1 }
        const [event] = yield* api.auditLogs.events({ query }).pipe(
          Effect.map(({ logs }) => logs),
          Effect.repeat({ until: (logs) => logs.length > 0, schedule: looks }),
          Effect.timeoutOrElse({
            duration: `${options.timeout} seconds`,
            orElse: () =>
              new CommandFailed({
                message: `event ${correlation_id} was accepted and not decided within ${options.timeout} s`
              })
          })
        )
        const books = yield* api.overview.books()
        const counted = books.events.accepted - before.events.accepted
        if (!books.balanced || counted < accepted) {
          return yield* new CommandFailed({
            message: books.balanced ? "the books do not have the event" : "the books do not balance",
            more: [JSON.stringify(books)]
          })
        }
        yield* answer(
          connection.json,
          { correlation_id, event: event?.id, reason: event?.reason, books },
          `Event ${event?.id} was accepted, decided and recorded: ${event?.reason} The books balance.`
        )
      }))
  })
).pipe(Command.withDescription("Send one event through MUTT, and find it in the record and in the books"))
