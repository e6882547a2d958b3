import { type Context, Effect, Layer, Option, Result, Stream } from "effect"
import { type Archive, ArchiveFailed, ArchiveStore } from "./ArchiveStore.ts"
import { textOf, textsOf } from "./s3Answer.ts"
import { connectionWords, makeS3Client, type S3Client, S3Limits } from "./S3Client.ts"
import { s3AuthorityOf } from "./s3HttpClient.ts"
import { S3Settings } from "./S3Settings.ts"
import { putWhenAbsent } from "./s3Upload.ts"

/** How often a read that broke in the middle goes on without a byte having come. */
const resumptions = 3

/** Keeps archives in buckets of a store that speaks the protocol of Amazon S3. A bucket is addressed by path. */
export const ArchiveStoreS3 = Layer.effect(
  ArchiveStore,
  Effect.gen(function*() {
    const { s3CaFile, s3Endpoint, s3Region } = yield* S3Settings
    const limits = yield* S3Limits
    const ca = yield* Effect.result(s3AuthorityOf(s3CaFile))
    const client = s3Endpoint === undefined || Result.isFailure(ca)
      ? undefined
      : yield* makeS3Client({ endpoint: s3Endpoint, region: s3Region, ca: ca.success })

    return ArchiveStore.of({
      open: Effect.fnUntraced(function*(place) {
        const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/(.+))?$/.exec(place) ?? []
        if (bucket === undefined) return yield* unset("This kind of archive is not known to this version.")
        if (s3Endpoint === undefined) {
          return yield* unset(`ARCHIVE_S3_ENDPOINT is not set, and an archive in ${place} needs it.`)
        }
        if (client === undefined) return yield* unset(`ARCHIVE_S3_CA_FILE: ${s3CaFile} cannot be read.`)
        const archive = inBucket(client, bucket, prefix, limits)
        // It is not made, and a key that may not see it is to be known before a day is written.
        const query = { "list-type": "2", "max-keys": "1", ...(prefix === "" ? {} : { prefix: `${prefix}/` }) }
        yield* client.ask({ method: "GET", path: bucket, query })
        return archive
      })
    })
  })
)

const unset = (detail: string) => new ArchiveFailed({ reason: "unset", detail })

const inBucket = (
  client: S3Client,
  bucket: string,
  prefix: string,
  { answer, partBytes }: Context.Service.Shape<typeof S3Limits>
): Archive => {
  const root = prefix === "" ? "" : `${prefix}/`
  const pathOf = (name: string) => `${bucket}/${root}${name}`

  const get: Archive["get"] = (name) => {
    const path = pathOf(name)
    const broken = (detail: string) => new ArchiveFailed({ reason: "unreachable", detail: `GET ${path}: ${detail}.` })

    /** From a byte on, of the object that it was when its first byte was read. */
    const from = (offset: number, etag: string, left: number): Stream.Stream<Uint8Array, ArchiveFailed> =>
      Effect.gen(function*() {
        const headers = offset === 0 ? {} : { range: `bytes=${offset}-`, "if-match": etag }
        const response = yield* client.download({ method: "GET", path, headers })
        if (offset > 0 && response.status !== 206) return yield* broken("the store reads no part of an object")
        let at = offset
        return response.stream.pipe(
          Stream.mapError((error) => broken(connectionWords(error))),
          Stream.timeoutOrElse({ duration: answer, orElse: () => Stream.fail(broken("no more came in time")) }),
          Stream.map((chunk) => {
            at += chunk.length
            return chunk
          }),
          Stream.catch((error) =>
            at > offset || left > 0
              ? from(at, response.headers["etag"] ?? etag, at > offset ? resumptions : left - 1)
              : Stream.fail(error)
          )
        )
      }).pipe(Stream.unwrap)
    return from(0, "", resumptions)
  }

  const list: Archive["list"] = (folder) => {
    const under = `${root}${folder === "" ? "" : `${folder}/`}`
    const page = (token: string | undefined) =>
      client.ask({
        method: "GET",
        path: bucket,
        query: {
          "list-type": "2",
          delimiter: "/",
          ...(under === "" ? {} : { prefix: under }),
          ...(token === undefined ? {} : { "continuation-token": token })
        }
      }).pipe(Effect.map(({ text }) => {
        const found = [...textsOf(text, "Key"), ...textsOf(text, "Prefix").filter((name) => name.endsWith("/"))]
        const names = found.filter((name) => name !== under && name.startsWith(under))
          .map((name) => name.slice(root.length).replace(/\/$/, ""))
        const next = textOf(text, "IsTruncated") === "true" ? textOf(text, "NextContinuationToken") : undefined
        return [names, Option.fromNullishOr(next)] as const
      }))
    return Stream.runCollect(
      Stream.paginate<string | undefined, string, ArchiveFailed>(undefined, (token) => page(token))
    )
  }

  return { put: (name, bytes) => putWhenAbsent(client, partBytes, pathOf(name), bytes), get, list }
}
