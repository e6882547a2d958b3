import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Effect, FileSystem, Layer, Result, Schema } from "effect"
import { hostZonesKey } from "../../src/domain/HostZone.ts"
import { canonicalJson } from "../../src/logic/canonicalJson.ts"
import { Environment } from "../environment/Environment.ts"
import { droppedAt } from "../telemetry/dropped.ts"
import { ConfigCache } from "./ConfigCache.ts"
import { contentsOf, isKept } from "./contents.ts"
import type { Snapshot } from "./DynamicConfig.ts"

/** Bytes, most of them for up to a thousand host zones. */
const sizeLimit = 1_048_576

const Kept = Schema.Struct({
  epoch: Schema.String,
  version: Schema.Int,
  values: Schema.Record(Schema.String, Schema.Json)
})
const KeptFile = Schema.fromJsonString(Schema.Struct({ ...Kept.fields, checksum: Schema.String }))
const decode = Schema.decodeUnknownEffect(KeptFile)

/** Why a file is not used. */
class Unusable extends Schema.TaggedError<Unusable>()("Unusable", { detail: Schema.String }) {}

/** Keeps one JSON file with a checksum, readable by its owner alone. A crash leaves the old one or the new one. */
export const ConfigCacheFile = (path: string) =>
  Layer.effect(
    ConfigCache,
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const { instance } = yield* Environment
      // Another name for each process, so that several may share one file.
      const draft = `${path}.${instance}.tmp`

      const load = Effect.gen(function*() {
        if (!(yield* files.exists(path))) return undefined
        if (Number((yield* files.stat(path)).size) > sizeLimit) return yield* new Unusable({ detail: "too large" })
        const { checksum, ...kept } = yield* files.readFileString(path).pipe(Effect.flatMap(decode))
        if (checksumOf(kept) !== checksum) return yield* new Unusable({ detail: "the checksum does not fit" })
        const contents = contentsOf(new Map(Object.entries(kept.values).filter(([key]) => isKept(key))))
        if (Result.isFailure(contents)) return yield* new Unusable({ detail: contents.failure.join(" ") })
        return { epoch: kept.epoch, version: kept.version, ...contents.success }
      }).pipe(
        Effect.catch((error) =>
          Effect.logWarning("The file of the last known settings cannot be used and is ignored.").pipe(
            Effect.annotateLogs({ path, detail: "detail" in error ? error.detail : error.message.slice(0, 300) }),
            Effect.as(undefined)
          )
        )
      )

      const keep = Effect.fnUntraced(
        function*({ epoch, hostZones, values, version }: Snapshot) {
          const kept = { epoch, version, values: { ...values, [hostZonesKey]: hostZones } }
          const text = `${JSON.stringify({ ...kept, checksum: checksumOf(kept) }, undefined, 2)}\n`
          yield* files.remove(draft, { force: true })
          yield* Effect.scoped(Effect.gen(function*() {
            const file = yield* files.open(draft, { flag: "wx", mode: 0o600 })
            yield* file.writeAll(utf8ToBytes(text))
            yield* file.sync
          }))
          yield* files.rename(draft, path)
        },
        droppedAt("config.keep", "The last known settings could not be kept for a start without Redis."),
        Effect.asVoid
      )

      return ConfigCache.of({ load, keep })
    })
  )

const checksumOf = ({ epoch, values, version }: typeof Kept.Type): string =>
  bytesToHex(sha256(utf8ToBytes(canonicalJson({ epoch, version, values }))))
