import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Clock, Effect, FileSystem, Layer, Option, Schedule, Semaphore } from "effect"
import { plainTexts, secretValues } from "../../src/domain/SecretValues.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { secretFile } from "./secretFile.ts"
import { SecretWriteConflict, SecretWriter } from "./SecretWriter.ts"
import { joinedWriter } from "./twoDocuments.ts"

/** A lock is held for a few milliseconds; an older one was left by a process that was killed. */
const abandonedAfterMs = 10_000

/**
 * Replaces the file of `SecretStoreFile` by a new one, synced and renamed over it: a reader and a crash see the old or
 * the new one. The version is a hash of the text; it is compared under a lock file.
 */
export const SecretWriterFile = (path: string, adminPath?: string) =>
  Layer.effect(
    SecretWriter,
    adminPath === undefined ? writerOf(path) : Effect.zipWith(writerOf(path), writerOf(adminPath), joinedWriter)
  )

const writerOf = (path: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const gate = yield* Semaphore.make(1)

    const { broken, parse, readText } = secretFile(files, path)

    const read = Effect.gen(function*() {
      const text = yield* readText()
      return { version: versionOf(text), values: secretValues(yield* parse(text)) }
    })

    /** Removes a lock that nobody can hold any more. */
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
        () => files.remove(lock).pipe(droppedAt("secrets.unlock", "The lock on the secrets file could not be removed."))
      )

    const sync = (target: string, flag: "r" | "r+") =>
      Effect.scoped(Effect.flatMap(files.open(target, { flag }), (file) => file.sync))

    const write = Effect.fn("SecretWriter.write")(function*(text: string, ifVersion: string) {
      // Through a symbolic link, so that the link stays.
      const target = yield* Effect.mapError(files.realPath(path), broken("found"))
      yield* locked(`${target}.lock`)
      if (versionOf(yield* readText()) !== ifVersion) return yield* new SecretWriteConflict({ store: `file ${path}` })
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
        gate.withPermit(write(`${JSON.stringify(plainTexts(values), undefined, 2)}\n`, ifVersion))
    })
  })

const versionOf = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)))
