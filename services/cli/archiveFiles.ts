import * as NodeStream from "@effect/platform-node/NodeStream"
import { Effect, Schema, Stream } from "effect"
import { createHash } from "node:crypto"
import { createZstdDecompress } from "node:zlib"
import { type Archive, ArchiveFailed } from "../../layers/archive/ArchiveStore.ts"
import { ArchiveManifest, newestManifests } from "../../src/domain/ArchiveManifest.ts"
import { CommandFailed, failedWith } from "./api.ts"

const decodeManifest = Schema.decodeUnknownEffect(Schema.fromJsonString(ArchiveManifest))

/** A manifest is some hundred bytes: what is larger is none. */
const manifestMostBytes = 65_536

/** A folder of a folder: years, and in them months. */
const below = (archive: Archive, folders: ReadonlyArray<string>) =>
  Effect.forEach(folders, (folder) => archive.list(folder)).pipe(Effect.map((names) => names.flat()))

/** The names of the manifests of an archive that count, the oldest day first. */
export const manifestsIn = Effect.fnUntraced(
  function*(archive: Archive) {
    const years = (yield* archive.list("")).filter((name) => /^\d{4}$/.test(name))
    const months = (yield* below(archive, years)).filter((name) => /^\d{4}\/\d{2}$/.test(name))
    const found = newestManifests(yield* below(archive, months))
    return found.length > 0
      ? found
      : yield* failedWith("There is no archive: it has no <year>/<month>/event-audit-<day>.json.")
  },
  Effect.mapError((error) => error._tag === "ArchiveFailed" ? failedWith(error.detail) : error)
)

export const readManifest = Effect.fnUntraced(function*(archive: Archive, name: string) {
  const { bytes, chunks } = yield* archive.get(name).pipe(
    Stream.runFoldEffect(() => ({ bytes: 0, chunks: new Array<Uint8Array>() }), (read, chunk) => {
      read.chunks.push(chunk)
      read.bytes += chunk.length
      return read.bytes <= manifestMostBytes
        ? Effect.succeed(read)
        : Effect.fail(failedWith(`${name} is too large for a manifest.`))
    }),
    Effect.mapError((error) => error._tag === "ArchiveFailed" ? failedWith(error.detail) : error)
  )
  const text = Buffer.concat(chunks, bytes).toString()
  return yield* Effect.mapError(decodeManifest(text), () => failedWith(`${name} is no manifest of an archive.`))
})

const wrong = (object: string) => (cause: unknown) => {
  const words = cause instanceof ArchiveFailed ? cause.detail : cause instanceof Error ? cause.message : String(cause)
  return new CommandFailed({ message: `${object} cannot be read: ${words}` })
}

const packed = (archive: Archive, object: string) => Stream.mapError(archive.get(object), wrong(object))

/** The bytes of an object, as they were before they were compressed. */
export const plainBytes = (archive: Archive, object: string) =>
  NodeStream.pipeThroughDuplex(packed(archive, object), {
    evaluate: () => createZstdDecompress(),
    onError: wrong(object)
  })

/** What an object is that is not as its manifest says; `undefined` for one that is. */
export const objectFault = Effect.fnUntraced(function*(archive: Archive, manifest: ArchiveManifest) {
  const { bytes, object, plain_bytes, plain_sha256, rows, sha256 } = manifest
  const outside = createHash("sha256")
  let outsideBytes = 0
  yield* Stream.runForEach(packed(archive, object), (chunk) =>
    Effect.sync(() => {
      outside.update(chunk)
      outsideBytes += chunk.length
    }))
  if (outsideBytes !== bytes) return `${object} has ${outsideBytes} bytes, not ${bytes}`
  if (outside.digest("hex") !== sha256) return `${object} was changed: its SHA-256 is another`
  const inside = createHash("sha256")
  let [insideBytes, lines] = [0, 0]
  yield* Stream.runForEach(plainBytes(archive, object), (chunk) =>
    Effect.sync(() => {
      inside.update(chunk)
      insideBytes += chunk.length
      for (const byte of chunk) if (byte === 10) lines += 1
    }))
  if (insideBytes !== plain_bytes || inside.digest("hex") !== plain_sha256) return `${object} does not hold what it did`
  return lines === rows ? undefined : `${object} has ${lines} events, not ${rows}`
})
