import { Config, Context, Effect, Layer, Redacted, Schema } from "effect"
import { Flag } from "effect/cli"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { trustAuthority } from "../../scripts/stack/PrivateAuthority.ts"
import { readStackFile } from "../../scripts/stack/StackFile.ts"
import { Authenticated } from "../../src/api/shared/Access.ts"
import { idempotentClient } from "../../src/api/shared/idempotentClient.ts"
import { WebUiApi } from "../../src/api/web-ui/Api.ts"
import { printError } from "./output.ts"

const usual = "http://127.0.0.1:8090"

/** What every command that speaks to MUTT is told. */
export const connection = {
  url: Flag.String("url").pipe(
    Flag.withFallbackConfig(Config.String("MUTT_URL")),
    Flag.withDefault(""),
    Flag.withDescription(
      "Where the web-ui program answers (MUTT_URL); else what npm start has running here, else " + usual
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
export class Api extends Context.Service<Api, HttpApiClient.ForApi<typeof WebUiApi>>()("mutt/services/cli/api") {}

/** A command cannot go on; the message is for the person who gave it, one line, and there may be more. */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  message: Schema.String,
  more: Schema.optionalKey(Schema.Array(Schema.String))
}) {}

/** From a text of several lines, which speaks of something here. */
export const failedWith = (text: string): CommandFailed => {
  const [message = "", ...more] = text.split("\n")
  return new CommandFailed({ message, more })
}

export const linesOf = ({ message, more = [] }: CommandFailed): ReadonlyArray<string> => [message, ...more]

const keyed = (key: Redacted.Redacted) =>
  HttpApiMiddleware.layerClient(
    Authenticated,
    ({ next, request }) => next(HttpClientRequest.setHeader(request, "x-api-key", Redacted.value(key)))
  )

/** Each change has a key of its own, so that asking again is no second change. */
const changedOnce = idempotentClient({
  newKey: Effect.sync(() => crypto.randomUUID()),
  onUnknown: printError([
    "mutt: the answer was lost, so it is not known whether the change was made. Asking again; it is made once."
  ])
})

/** Whom to ask. What `npm start` runs in this clone is asked with its own key, which goes nowhere else. */
const placeOf = ({ ca, key, url }: Connection): Pick<Connection, "url" | "key" | "ca"> => {
  if (url !== "") return { url, key, ca }
  const stack = readStackFile()
  const [webUi] = stack?.webUi ?? []
  return stack === undefined || webUi === undefined
    ? { url: usual, key, ca }
    : {
      url: webUi.url,
      ca: ca === "" ? stack.tls?.ca ?? "" : ca,
      key: Redacted.value(key) === "" ? Redacted.make(stack.keys.admin) : key
    }
}

/** Speaks to MUTT and says in words what was refused. */
export const withApi = <A, E extends { readonly _tag: string }, R>(
  connection: Connection,
  command: Effect.Effect<A, E, R>
): Effect.Effect<A, CommandFailed, Exclude<R, Api>> =>
  Effect.suspend(() => {
    const { ca, key, url } = placeOf(connection)
    return Effect.gen(function*() {
      if (ca !== "") yield* trust(ca)
      const client = yield* HttpApiClient.make(WebUiApi, {
        transformClient: HttpClient.mapRequest(HttpClientRequest.prependUrl(url.replace(/\/+$/, "")))
      })
      return yield* Effect.provideService(command, Api, client)
    }).pipe(
      Effect.provide(Layer.mergeAll(keyed(key), changedOnce, FetchHttpClient.layer)),
      Effect.mapError((error) =>
        error instanceof CommandFailed ? error : new CommandFailed({ message: inWords(error, url) })
      )
    )
  })

/** The code that Node gave an error, however deep it lies. */
const codeWithin = (error: unknown): string => {
  let code = ""
  for (let at = error, depth = 0; typeof at === "object" && at !== null && depth < 8; depth++) {
    if ("code" in at && typeof at.code === "string") code = at.code
    at = "cause" in at && at.cause !== undefined ? at.cause : "reason" in at ? at.reason : undefined
  }
  return code
}

const trust = (path: string): Effect.Effect<void, CommandFailed> =>
  Effect.try({
    try: () => trustAuthority(path),
    catch: () => new CommandFailed({ message: `${path} cannot be read, or holds no certificate of an authority.` })
  })

const inWords = (error: { readonly _tag: string }, url: string): string => {
  if (error._tag === "HttpClientError") {
    const code = codeWithin(error)
    if (/CERT|SIGNATURE|ISSUER/.test(code)) {
      return `The certificate of ${url} is not taken (${code}). Give its authority as MUTT_CA, or --ca.`
    }
    return `${url} does not answer. Is the web-ui program running there? (--url, MUTT_URL)`
  }
  if (error._tag === "KeyRefused") return "The key is not accepted. Give one as MUTT_API_KEY."
  const detail = "detail" in error && typeof error.detail === "string" ? error.detail : error._tag
  const nearest = "nearest" in error && typeof error.nearest === "string" ? ` Did you mean ${error.nearest}?` : ""
  return detail + nearest
}
