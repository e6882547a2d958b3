import { Config, Effect, Layer, Option, Predicate, Redacted, Runtime, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { Authenticated } from "../../src/api/shared/Access.ts"
import { idempotentClient } from "../../src/api/shared/idempotentClient.ts"
import { WebUiApi } from "../../src/api/web-ui/Api.ts"
import type { Blocker } from "../../src/domain/Rotation.ts"
import { RotationBlocked } from "../../src/domain/RotationError.ts"
import { printError } from "./output.ts"
import { runningStack } from "./runningStack.ts"
import { certificateProblem, trustAuthority } from "./trustAuthority.ts"

const defaultUrl = "http://127.0.0.1:8090"

/** The flags of every command that asks the web-ui program. */
export const connection = {
  url: Flag.String("url").pipe(
    Flag.withFallbackConfig(Config.String("MUTT_URL")),
    Flag.withDefault(""),
    Flag.withDescription(
      "Where the web-ui program answers (MUTT_URL); else what npm start has running here, else " + defaultUrl
    )
  ),
  key: Flag.Redacted("key").pipe(
    Flag.withFallbackConfig(Config.Redacted("MUTT_API_KEY")),
    Flag.withDefault(Redacted.make("")),
    Flag.withDescription("API key; better given as MUTT_API_KEY, since other users see the command line")
  ),
  ca: Flag.String("ca").pipe(
    Flag.withFallbackConfig(Config.String("MUTT_CA")),
    Flag.withDefault(""),
    Flag.withDescription(
      "File of the authority that signed the server's certificate, beside those the system knows (MUTT_CA)"
    )
  ),
  json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("Answer with JSON on stdout"))
}

export interface Connection {
  readonly url: string
  readonly key: Redacted.Redacted
  readonly ca: string
  readonly json: boolean
}

/** The typed client of the web-ui program. */
export type Api = HttpApiClient.ForApi<typeof WebUiApi>

/** A command failed. The message is one line for the person who gave it; `more` lines may follow. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  message: Schema.String,
  more: Schema.optionalKey(Schema.Array(Schema.String))
}) {}

/** A file of rules cannot be read. The command ends with 2, so that a pipeline can tell it from a test that fails. */
export class RuleFileUnreadable extends Schema.TaggedError<RuleFileUnreadable>()("RuleFileUnreadable", {
  message: Schema.String
}) {
  override readonly [Runtime.errorExitCode] = 2
}

/** Takes the first line of a text for the message. */
export const failedWith = (text: string): CommandFailed => {
  const [message = "", ...more] = text.split("\n")
  return new CommandFailed({ message, more })
}

export const linesOf = ({ message, more = [] }: CommandFailed): ReadonlyArray<string> => [message, ...more]

const withKey = (key: Redacted.Redacted) =>
  HttpApiMiddleware.layerClient(
    Authenticated,
    ({ next, request }) => next(HttpClientRequest.setHeader(request, "x-api-key", Redacted.value(key)))
  )

/** Asks again when the answer to a change was lost. Each change has a key of its own, so it is made once. */
const retryOnce = idempotentClient({
  newKey: Effect.sync(() => crypto.randomUUID()),
  onUnknown: printError([
    "mutt: the answer was lost, so it is not known whether the change was made. Asking again; it is made once."
  ])
})

/** Says whom to ask. What `npm start` runs in this clone is asked with its own key, which goes nowhere else. */
const targetOf = ({ ca, key, url }: Connection): Pick<Connection, "url" | "key" | "ca"> => {
  if (url !== "") return { url, key, ca }
  return Option.match(runningStack(), {
    onNone: () => ({ url: defaultUrl, key, ca }),
    onSome: ({ adminKey, authority, url }) => ({
      url,
      key: Redacted.value(key) === "" ? Redacted.make(adminKey) : key,
      ca: ca === "" ? authority : ca
    })
  })
}

/** Asks the web-ui program, and says in words what was refused. */
export const withApi = <A, E, R>(
  connection: Connection,
  use: (api: Api, url: string) => Effect.Effect<A, E, R>
) =>
  Effect.suspend(() => {
    const { ca, key, url } = targetOf(connection)
    const base = url.replace(/\/+$/, "")
    return trust(ca).pipe(
      Effect.andThen(HttpApiClient.make(WebUiApi, {
        transformClient: HttpClient.mapRequest(HttpClientRequest.prependUrl(base))
      })),
      Effect.flatMap((api) => use(api, base)),
      Effect.provide(Layer.mergeAll(withKey(key), retryOnce, FetchHttpClient.layer)),
      Effect.mapError((error) =>
        error instanceof CommandFailed || error instanceof RuleFileUnreadable ? error : failureOf(error, url)
      )
    )
  })

export const trust = (path: string): Effect.Effect<void, CommandFailed> =>
  path === "" ? Effect.void : Effect.try({
    try: () => trustAuthority(path),
    catch: () => new CommandFailed({ message: `${path} cannot be read, or holds no certificate of an authority.` })
  })

type Given<Options extends Command.Command.Config> = Command.Command.Config.InferValue<Options>

/** Makes a command that asks the web-ui program. */
export const apiCommand = <
  const Name extends string,
  Options extends Command.Command.Config,
  Y extends Effect.Effect<unknown, unknown, unknown>
>(
  name: Name,
  description: string,
  options: Options,
  body: (api: Api, given: Given<Options>, json: boolean, url: string) => Generator<Y, unknown, never>
) =>
  Command.make(
    name,
    { connection, options },
    ({ connection, options }) =>
      withApi(connection, (api, url) => Effect.asVoid(Effect.gen(() => body(api, options, connection.json, url))))
  ).pipe(Command.withDescription(description))

export const blockerLine = ({ code, detail, who }: Blocker): string => `  ${code}: ${`${who} ${detail}`.trim()}`

const failureOf = (error: unknown, url: string): CommandFailed => {
  if (Predicate.isTagged(error, "HttpClientError")) {
    const problem = certificateProblem(error)
    const message = problem !== undefined
      ? `The certificate of ${url} is not taken (${problem}). Give its authority as MUTT_CA, or --ca.`
      : `${url} does not answer. Is the web-ui program running there? (--url, MUTT_URL)`
    return new CommandFailed({ message })
  }
  if (Predicate.isTagged(error, "KeyRefused")) {
    return new CommandFailed({ message: "The key is not accepted. Give one as MUTT_API_KEY." })
  }
  if (error instanceof RotationBlocked && error.blocks.length > 0) {
    return new CommandFailed({ message: "it is blocked:", more: error.blocks.map(blockerLine) })
  }
  const member = (name: string) =>
    Predicate.hasProperty(error, name) && typeof error[name] === "string" ? error[name] : undefined
  const nearest = member("nearest")
  const suggestion = nearest === undefined ? "" : ` Did you mean ${nearest}?`
  return new CommandFailed({ message: (member("detail") ?? member("_tag") ?? String(error)) + suggestion })
}
