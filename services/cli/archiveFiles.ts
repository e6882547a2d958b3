import * as NodeStream from "@effect/platform-node/NodeStream"
import { Effect, FileSystem, Schema, Stream } from "effect"
import { createHash } from "node:crypto"
import { createZstdDecompress } from "node:zlib"
import { ArchiveManifest, newestManifests } from "../../src/domain/ArchiveManifest.ts"
import { CommandFailed, failedWith } from "./api.ts"

const decodeManifest = Schema.decodeUnknownEffect(Schema.fromJsonString(ArchiveManifest))

/** A manifest is some hundred bytes: what is larger is none. */
const manifestMostBytes = 65_536

/** The names of the manifests of a folder that count, the oldest day first. */
export const manifestsIn = Effect.fnUntraced(function*(folder: string) {
  const files = yield* FileSystem.FileSystem
  const names = yield* Effect.mapError(
    files.readDirectory(folder, { recursive: true }),
    ({ message }) => failedWith(message)
  )
  const found = newestManifests(names)
  return found.length > 0
    ? found
    : yield* failedWith(`${folder} holds no archive: it has no <year>/<month>/event-audit-<day>.json.`)
})

export const readManifest = Effect.fnUntraced(function*(folder: string, name: string) {
  const files = yield* FileSystem.FileSystem
  const path = `${folder}/${name}`
  const { size } = yield* Effect.mapError(files.stat(path), ({ message }) => failedWith(message))
  if (size > manifestMostBytes) return yield* failedWith(`${name} is too large for a manifest.`)
  const text = yield* Effect.mapError(files.readFileString(path), ({ message }) => failedWith(message))
  return yield* Effect.mapError(decodeManifest(text), () => failedWith(`${name} is no manifest of an archive.`))
})

const wrong = (object: string) => (cause: unknown) =>
  new CommandFailed({ message: `${object} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}` })

const packed = (folder: string, object: string) =>
  Effect.map(FileSystem.FileSystem, (files) => Stream.mapError(files.stream(`${folder}/${object}`), wrong(object)))
    .pipe(Stream.unwrap)

/** The bytes of an object, as they were before they were compressed. */
export const plainBytes = (folder: string, object: string) =>
  NodeStream.pipeThroughDuplex(packed(folder, object), {
    evaluate: () => createZstdDecompress(),
    onError: wrong(object)
  })

/** What an object is that is not as its manifest says; `undefined` for one that is. */
export const objectFault = Effect.fnUntraced(function*(folder: string, manifest: ArchiveManifest) {
  const { bytes, object, plain_bytes, plain_sha256, rows, sha256 } = manifest
  const outside = createHash("sha256")
  let outsideBytes = 0
  yield* Stream.runForEach(packed(folder, object), (chunk) =>
    Effect.sync(() => {
      outside.update(chunk)
      outsideBytes += chunk.length
    }))
  if (outsideBytes !== bytes) return `${object} has ${outsideBytes} bytes, not ${bytes}`
  if (outside.digest("hex") !== sha256) return `${object} was changed: its SHA-256 is another`
  const inside = createHash("sha256")
  let [insideBytes, lines] = [0, 0]
  yield* Stream.runForEach(plainBytes(folder, object), (chunk) =>
    Effect.sync(() => {
      inside.update(chunk)
      insideBytes += chunk.length
      for (const byte of chunk) if (byte === 10) lines += 1
    }))
  if (insideBytes !== plain_bytes || inside.digest("hex") !== plain_sha256) return `${object} does not hold what it did`
  return lines === rows ? undefined : `${object} has ${lines} events, not ${rows}`
})
