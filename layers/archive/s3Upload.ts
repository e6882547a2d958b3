import { Effect, Stream } from "effect"
import { randomUuid } from "../random/secureRandom.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { ArchiveFailed } from "./ArchiveStore.ts"
import { Parts } from "./Parts.ts"
import { textOf } from "./s3Answer.ts"
import type { S3Client } from "./S3Client.ts"
import { contentMd5 } from "./s3Signature.ts"

const mostParts = 10_000

/** Says who wrote an object, so that a writer whose answer was lost knows its own. */
const writerHeader = "x-amz-meta-mutt-writer"
const ifAbsent = { "if-none-match": "*" }

/**
 * Writes an object that is not there, part by part, and holds one part. A short one is one request. The store refuses a
 * name that is taken (`If-None-Match`); for one that does not know that it is asked before, which two writers at the
 * same moment would both pass.
 */
export const putWhenAbsent = <E>(
  client: S3Client,
  partBytes: number,
  path: string,
  bytes: Stream.Stream<Uint8Array, E>
) =>
  Effect.suspend(() => {
    const writer = randomUuid()
    const marked = { [writerHeader]: writer, "content-type": "application/octet-stream" }
    const parts = new Parts(partBytes)
    const etags: Array<string> = []
    let upload: string | undefined

    const taken = new ArchiveFailed({ reason: "taken", detail: `${path}: the name is taken.` })

    /** Who wrote what is there; `none` when nothing is. */
    const writtenBy = client.look(path).pipe(
      Effect.map((headers) => headers[writerHeader] === writer ? "me" : "another"),
      Effect.catchIf(({ reason }) => reason === "gone", () => Effect.succeed("none"))
    )

    /** Ends the writing. When the answer to it was lost, a second attempt finds the name taken by the first. */
    const ended = (ask: (headers: Readonly<Record<string, string>>) => Effect.Effect<unknown, ArchiveFailed>) =>
      ask(ifAbsent).pipe(
        Effect.catchIf(({ reason }) => reason === "unsupported", () => ask({})),
        Effect.catchIf(({ reason }) => reason === "taken" || reason === "gone", (error) =>
          Effect.flatMap(writtenBy, (who) => who === "me" ? Effect.void : Effect.fail(error)))
      )

    const begin = Effect.gen(function*() {
      const { text } = yield* client.ask({ method: "POST", path, query: { uploads: "" }, headers: marked })
      const id = textOf(text, "UploadId")
      if (id === undefined) {
        return yield* new ArchiveFailed({ reason: "failed", detail: `${path}: the store began no upload in parts.` })
      }
      return upload = id
    })

    const sendPart = (body: Uint8Array) =>
      Effect.gen(function*() {
        const uploadId = upload ?? (yield* begin)
        const number = etags.length + 1
        if (number > mostParts) {
          return yield* new ArchiveFailed({ reason: "failed", detail: `${path}: it is longer than an object may be.` })
        }
        const query = { partNumber: String(number), uploadId }
        const { headers } = yield* client.ask({ method: "PUT", path, query, headers: contentMd5(body), body })
        etags.push(headers["etag"] ?? "")
      })

    const complete = (uploadId: string) => {
      const listed = etags.map((etag, index) =>
        `<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag.replaceAll("\"", "&quot;")}</ETag></Part>`
      )
      const body = utf8.encode(
        `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${
          listed.join("")
        }</CompleteMultipartUpload>`
      )
      return ended((headers) =>
        client.ask({ method: "POST", path, query: { uploadId }, headers, body })
      )
    }

    const abort = (uploadId: string) =>
      // Once: a store that does not answer must not hold up the end of a program.
      client.ask({ method: "DELETE", path, query: { uploadId } }, 0).pipe(
        Effect.timeout("5 seconds"),
        droppedAt("archive.upload", "An upload in parts was left in the archive.")
      )

    return Effect.gen(function*() {
      if ((yield* writtenBy) !== "none") return yield* taken
      yield* Stream.runForEach(bytes, (chunk) => Effect.forEach(parts.add(chunk), sendPart, { discard: true }))
      const rest = parts.rest()
      if (upload === undefined) {
        const described = { ...marked, ...contentMd5(rest) }
        yield* ended((headers) =>
          client.ask({ method: "PUT", path, headers: { ...described, ...headers }, body: rest })
        )
      } else {
        yield* sendPart(rest)
        yield* complete(upload)
      }
    }).pipe(Effect.onError(() => upload === undefined ? Effect.void : abort(upload)))
  })

const utf8 = new TextEncoder()
