import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { Effect, Layer, Schema } from "effect"
import { Program } from "../../src/domain/Settings.ts"
import { randomBytes } from "../random/secureRandom.ts"
import { Redis } from "../redis/Redis.ts"
import { makeFingerprint } from "../secret/fingerprint.ts"
import {
  askScript,
  boardKeys,
  freshKey,
  keyScript,
  listScript,
  silentMs,
  unavailable,
  unreadable
} from "./instanceBoard.ts"
import { SecretInstances } from "./SecretInstances.ts"

const Holding = Schema.Struct({
  generation: Schema.Int,
  slots: Schema.Struct({ CURRENT: Schema.optionalKey(Schema.String), NEXT: Schema.optionalKey(Schema.String) }),
  connections: Schema.optionalKey(Schema.Record(Schema.String, Schema.Int)),
  proof: Schema.optionalKey(Schema.Struct({ request: Schema.String, ok: Schema.Boolean, detail: Schema.String }))
})

/** What one process says of itself. */
const Report = Schema.fromJsonString(Schema.Struct({
  program: Program,
  instance: Schema.String,
  stale: Schema.Boolean,
  holdings: Schema.Record(Schema.String, Holding)
}))

const decodeLines = Schema.decodeUnknownEffect(
  Schema.TupleWithRest(Schema.Tuple([Schema.FiniteFromString]), [Schema.String])
)
const decodeReport = Schema.decodeUnknownEffect(Report)
const decodeKey = Schema.decodeUnknownEffect(Schema.String)

const readLine = Effect.fnUntraced(function*(line: string) {
  const space = line.indexOf(" ")
  return { ...yield* decodeReport(line.slice(space + 1)), seen: Number(line.slice(0, space)) }
})

export const SecretInstancesRedis = Layer.effect(
  SecretInstances,
  Effect.gen(function*() {
    const redis = yield* Redis

    const ask = (hash: string, field: string, value: string, lifeMs: number) =>
      redis.script(askScript, [hash], [field, value, lifeMs, boardKeys.channel]).pipe(
        Effect.asVoid,
        Effect.mapError(unavailable)
      )
    const request = Effect.sync(() => bytesToHex(randomBytes(8)))

    return SecretInstances.of({
      list: redis.script(listScript, [boardKeys.instances], [silentMs]).pipe(
        Effect.flatMap(decodeLines),
        Effect.flatMap(([now, ...lines]) =>
          Effect.map(Effect.forEach(lines, readLine), (instances) => ({
            now,
            instances: instances.toSorted((a, b) => (a.instance < b.instance ? -1 : 1))
          }))
        ),
        Effect.catchTags({ RedisFailed: unavailable, SchemaError: unreadable })
      ),
      nudge: Effect.flatMap(request, (id) => ask(boardKeys.board, "nudge", id, 0)),
      prove: (name, fingerprint) =>
        Effect.tap(request, (id) => ask(boardKeys.proofs, name, `${id} ${fingerprint}`, silentMs)),
      fingerprint: (value) =>
        redis.script(keyScript, [boardKeys.board], [freshKey()]).pipe(
          Effect.flatMap(decodeKey),
          Effect.map((key) => makeFingerprint(hexToBytes(key))(value)),
          Effect.catchTags({ RedisFailed: unavailable, SchemaError: unreadable })
        )
    })
  })
)
