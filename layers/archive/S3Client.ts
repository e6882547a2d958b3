import { Context, DateTime, type Duration, Effect, Layer, Schedule, Stream } from "effect"
import { HttpClient, type HttpClientError, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { withCredentialFallback } from "../secret/credentialFallback.ts"
import { archiveKeyName } from "../secret/names.ts"
import { Secrets } from "../secret/Secrets.ts"
import { ArchiveFailed } from "./ArchiveStore.ts"
import { answerFailed } from "./s3Answer.ts"
import { s3HttpClient } from "./s3HttpClient.ts"
import { type S3Request, signed } from "./s3Signature.ts"

export interface S3Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

/** How long a store is waited for, and how much it is given at a time. */
export const S3Limits = Context.Reference<{
  /** For an answer, from the first byte that is sent, and between two bytes of one. A part goes over 1 Mbit/s by then. */
  readonly answer: Duration.Input
  /** Before the second attempt; each later one waits twice as long as the one before. */
  readonly pause: Duration.Input
  readonly retries: number
  /** Bytes of a part: with the 10,000 parts that an object may have, 156 GiB. All but the last are as long. */
  readonly partBytes: number
}>("mutt/layers/archive/S3Limits", {
  defaultValue: () => ({ answer: "3 minutes", pause: "500 millis", retries: 5, partBytes: 16_777_216 })
})

/** Asks one store, with the key that it takes, and again when it was busy or the connection broke. */
export interface S3Client {
  readonly ask: (request: S3Request, retries?: number) => Effect.Effect<S3Answer, ArchiveFailed>
  /** The headers of an object. It is a GET that is cut off: the answer to a HEAD says nothing of a failure. */
  readonly look: (path: string) => Effect.Effect<S3Answer["headers"], ArchiveFailed>
  /** Answers when the object begins to come. */
  readonly download: (request: S3Request) => Effect.Effect<HttpClientResponse.HttpClientResponse, ArchiveFailed>
}

/** Of a list of 1,000 names of the longest kind that there are. */
const mostText = 4_194_304

const isPassing = ({ reason }: ArchiveFailed) => reason === "unreachable" || reason === "busy" || reason === "damaged"

export interface S3Place {
  readonly endpoint: string
  readonly region: string
  /** PEM. */
  readonly ca: string | undefined
}

export const makeS3Client = ({ ca, endpoint, region }: S3Place) =>
  Effect.gen(function*() {
    const secrets = yield* Secrets
    const { answer, pause, retries: usual } = yield* S3Limits
    const client = Context.get(yield* Layer.build(s3HttpClient(ca)), HttpClient.HttpClient)
    const about = ({ method, path }: S3Request) => `${method} ${endpoint}/${path}`

    const unreachable = (request: S3Request) => (error: HttpClientError.HttpClientError) =>
      new ArchiveFailed({ reason: "unreachable", detail: `${about(request)}: ${connectionWords(error)}.` })

    const textOf = (request: S3Request, response: HttpClientResponse.HttpClientResponse) =>
      response.stream.pipe(
        Stream.mapError(unreachable(request)),
        Stream.runFoldEffect(() => ({ bytes: 0, chunks: new Array<Uint8Array>() }), (read, chunk) => {
          read.chunks.push(chunk)
          read.bytes += chunk.length
          return read.bytes <= mostText ? Effect.succeed(read) : Effect.fail(
            new ArchiveFailed({
              reason: "failed",
              detail: `${about(request)}: the answer is longer than any should be.`
            })
          )
        }),
        Effect.map(({ chunks }) => Buffer.concat(chunks).toString())
      )

    const late = (request: S3Request) =>
      new ArchiveFailed({ reason: "unreachable", detail: `${about(request)}: no answer in time.` })

    const send = (request: S3Request, key: Parameters<typeof signed>[1]["key"]) =>
      Effect.gen(function*() {
        const { headers, url } = yield* signed(request, { endpoint, region, key, now: yield* DateTime.now })
        const unsent = HttpClientRequest.make(request.method)(url, { headers })
        const { body } = request
        const response = yield* client.execute(
          body === undefined ? unsent : HttpClientRequest.bodyUint8Array(unsent, body)
        )
          .pipe(
            Effect.mapError(unreachable(request)),
            // It would be signed by nobody, and is of no use there.
            Effect.provideService(HttpClient.TracerPropagationEnabled, false)
          )
        if (response.status >= 200 && response.status < 300) return response
        return yield* answerFailed(about(request), response.status, yield* textOf(request, response))
      })

    const asking = <A>(
      retries: number,
      request: S3Request,
      read: (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<A, ArchiveFailed>
    ): Effect.Effect<A, ArchiveFailed> =>
      withCredentialFallback(
        secrets,
        archiveKeyName,
        ({ value }) =>
          Effect.flatMap(send(request, value), read).pipe(
            Effect.timeoutOrElse({ duration: answer, orElse: () => Effect.fail(late(request)) })
          ),
        ({ reason }) => reason === "credentials",
        "fail"
      ).pipe(
        Effect.mapError((error) =>
          error._tag === "ArchiveFailed" ? error : new ArchiveFailed({
            reason: error._tag === "SecretMissing" ? "unset" : "credentials",
            detail: `${error.message} Put the id of an access key, a colon and its secret there.`
          })
        ),
        Effect.retry({
          schedule: Schedule.exponential(pause).pipe(Schedule.jittered, Schedule.upTo({ times: retries })),
          while: isPassing
        })
      )

    return {
      ask: (request, retries = usual) =>
        asking(retries, request, (response) =>
          Effect.flatMap(textOf(request, response), (text) =>
            // A multipart upload is told of its failure after the status was sent.
            text.includes("<Error>") && text.includes("<Code>")
              ? Effect.fail(answerFailed(about(request), 500, text))
              : Effect.succeed({ status: response.status, headers: response.headers, text }))),
      look: (path) => {
        const request = { method: "GET", path } as const
        return asking(
          usual,
          request,
          ({ headers, stream }) =>
            Stream.runDrain(Stream.take(stream, 1)).pipe(Effect.mapError(unreachable(request)), Effect.as(headers))
        )
      },
      download: (request) => asking(usual, request, Effect.succeed)
    } satisfies S3Client
  })

/** The code of the system, such as `ECONNREFUSED`: what is around it holds the request, with its signature. */
export const connectionWords = ({ reason }: HttpClientError.HttpClientError): string => {
  const cause = "cause" in reason ? reason.cause : undefined
  const deepest = cause instanceof AggregateError ? cause.errors[0] : cause
  const code: unknown = typeof deepest === "object" && deepest !== null && "code" in deepest ? deepest.code : undefined
  const certificate = typeof code === "string" && /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS/.test(code)
  return certificate
    ? `its certificate is not taken (${code}): set ARCHIVE_S3_CA_FILE to that of its authority`
    : `the connection broke or was not made${typeof code === "string" ? ` (${code})` : ""}`
}
