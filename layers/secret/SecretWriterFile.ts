import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Clock, Effect, FileSystem, Layer, Option, type PlatformError, Schedule, Schema, Semaphore } from "effect"
import { droppedAt } from "../telemetry/dropped.ts"
import { SecretStoreUnavailable } from "./SecretStore.ts"
import { plain, withEmpty } from "./secretTexts.ts"
import { SecretWriteConflict, SecretWriter } from "./SecretWriter.ts"

const sizeLimit = 1_048_576
/** A lock that is older was left by a process that was killed: nobody holds one for longer than a few milliseconds. */
const abandonedAfterMs = 10_000

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))

/**
 * Writes the file of `SecretStoreFile`: whole into a new file beside it, synced, then renamed over it, so that a reader sees the old or
 * the new one and a crash leaves one of them. The version is a hash of the text; it is compared under a lock file.
 */
export const SecretWriterFile = (path: string) =>
  Layer.effect(
    SecretWriter,
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const gate = yield* Semaphore.make(1)

      const unavailable = (detail: string) => new SecretStoreUnavailable({ store: `file ${path}`, detail })
      const broken = (what: string) => (error: PlatformError.PlatformError) =>
        unavailable(`The file cannot be ${what}: ${error.reason._tag}.`)

      const readText = Effect.gen(function*() {
        const info = yield* files.stat(path)
        if (Number(info.size) > sizeLimit) return yield* unavailable(`The file is larger than ${sizeLimit} bytes.`)
        return yield* files.readFileString(path)
      }).pipe(Effect.catchTag("PlatformError", (error) => Effect.fail(broken("read")(error))))

      const read = Effect.gen(function*() {
        const text = yield* readText
        const values = yield* Effect.mapError(
          decode(text),
          () => unavailable("The file is not one flat JSON object of names and texts.")
        )
        return { version: versionOf(text), values: withEmpty(values) }
      })

      /** Removes a lock nobody can hold any more. */
      const clear = (lock: string) =>
        Effect.gen(function*() {
          const mtime = Option.getOrUndefined((yield* files.stat(lock)).mtime)
          if (mtime === undefined || (yield* Clock.currentTimeMillis) - mtime.getTime() < abandonedAfterMs) return
          yield* Effect.logWarning("A lock on the secrets file was left behind; it is removed.")
          yield* files.remove(lock, { force: true })
        }).pipe(droppedAt("secrets.lock", "The lock on the secrets file could not be looked at."))

      const locked = (lock: string) =>
        Effect.acquireRelease(
          files.writeFile(lock, new Uint8Array(), { flag: "wx", mode: 0o600 }).pipe(
            Effect.tapError(() => clear(lock)),
            Effect.retry(Schedule.spaced("50 millis").pipe(Schedule.upTo({ times: 60 }))),
            Effect.mapError(broken("locked"))
          ),
          () =>
            files.remove(lock).pipe(droppedAt("secrets.unlock", "The lock on the secrets file could not be removed."))
        )

      const sync = (target: string, flag: "r" | "r+") =>
        Effect.scoped(Effect.flatMap(files.open(target, { flag }), (file) => file.sync))

      const write = Effect.fn("SecretWriter.write")(function*(text: string, ifVersion: string) {
        // Through a symbolic link, so that the link stays.
        const target = yield* Effect.mapError(files.realPath(path), broken("found"))
        yield* locked(`${target}.lock`)
        if (versionOf(yield* readText) !== ifVersion) return yield* new SecretWriteConflict({ store: `file ${path}` })
        const draft = `${target}.new`
        yield* Effect.gen(function*() {
          yield* files.remove(draft, { force: true })
          yield* files.writeFileString(draft, text, { flag: "wx", mode: 0o600 })
          yield* sync(draft, "r+")
          yield* files.rename(draft, target)
          yield* sync(target.slice(0, target.lastIndexOf("/")) || "/", "r")
        }).pipe(Effect.mapError(broken("written")))
      }, Effect.scoped)

      return SecretWriter.of({
        read,
        write: (values, ifVersion) =>
          gate.withPermit(write(`${JSON.stringify(plain(values), undefined, 2)}\n`, ifVersion))
      })
    })
  )

const versionOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)))
