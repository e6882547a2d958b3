import { hexToBytes } from "@noble/hashes/utils.js"
import { Effect, Layer, Schema, Stream } from "effect"
import { Environment } from "../environment/Environment.ts"
import { Redis } from "../redis/Redis.ts"
import { type Fingerprint, makeFingerprint } from "../secret/fingerprint.ts"
import { boardKeys, freshKey, reportScript, unavailable, unreadable } from "./instanceBoard.ts"
import { type Asked, type SecretReport, SecretReports } from "./SecretReports.ts"

const decodeAnswer = Schema.decodeUnknownEffect(Schema.Array(Schema.String))

export const SecretReportsRedis = Layer.effect(
  SecretReports,
  Effect.gen(function*() {
    const redis = yield* Redis
    const { instance, program } = yield* Environment
    let key = freshKey()
    let fingerprint = makeFingerprint(hexToBytes(key))
    let told = false

    // Nobody shall wait for a process that has ended. Without Redis its silence says the same.
    yield* Effect.addFinalizer(() =>
      told
        ? redis.command("HDEL", boardKeys.instances, instance).pipe(Effect.timeout("500 millis"), Effect.ignore)
        : Effect.void
    )

    const send = (make: (fingerprint: Fingerprint) => SecretReport) =>
      redis.script(reportScript, [boardKeys.board, boardKeys.instances, boardKeys.proofs], [
        key,
        instance,
        JSON.stringify({ ...make(fingerprint), program, instance })
      ]).pipe(Effect.flatMap(decodeAnswer))

    const report = Effect.fnUntraced(function*(make: (fingerprint: Fingerprint) => SecretReport) {
      told = true
      let answer = yield* send(make)
      // Another key counts, which this process had not heard of, or which was renewed: Redis lost the old one.
      if (answer.length === 1 && answer[0] !== undefined) {
        key = answer[0]
        fingerprint = makeFingerprint(hexToBytes(key))
        answer = yield* send(make)
      }
      return askedOf(answer, fingerprint)
    }, Effect.catchTags({ RedisFailed: unavailable, SchemaError: unreadable }))

    return SecretReports.of({
      report,
      asks: redis.subscribe(boardKeys.channel).pipe(Stream.map(() => undefined), Stream.mapError(unavailable))
    })
  })
)

const askedOf = ([, nudge = "", ...proofs]: ReadonlyArray<string>, fingerprint: Fingerprint): Asked => {
  const asked = new Map<string, { request: string; fingerprint: string }>()
  for (let i = 0; i + 1 < proofs.length; i += 2) {
    const [request = "", wanted = ""] = (proofs[i + 1] ?? "").split(" ")
    asked.set(proofs[i] ?? "", { request, fingerprint: wanted })
  }
  return { nudge, proofs: asked, fingerprint }
}
