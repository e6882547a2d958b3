import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { Effect, Layer, Schema, Stream } from "effect"
import { randomBytes } from "../random/secureRandom.ts"
import { Redis, type RedisScript } from "../redis/Redis.ts"
import { makeFingerprint } from "../secret/fingerprint.ts"
import { Instances } from "./Instances.ts"
import { unavailable, unreachable } from "./InstancesRedis.ts"
import { SecretInstances, secretTopic } from "./SecretInstances.ts"

/** Keys and the channel of requests in Redis. All share a hash tag. */
export const secretRequestKeys = {
  /** Hash: the key of the fingerprints, and the newest request for a refresh. */
  board: "mutt:{secrets}",
  /** Hash: name of a secret → request, space, fingerprint. */
  proofs: "mutt:{secrets}:proofs",
  channel: "mutt:{secrets}:asks"
} as const

/** How long a request for a login check stands. */
const proofMs = 60_000

/** KEYS: board, proofs. ARGV: a key for fingerprints if there is none. Answers the key, the refresh, the proofs. */
const requestsScript: RedisScript = {
  name: "secrets.requests",
  lua: `
redis.call('HSETNX', KEYS[1], 'key', ARGV[1])
local answer = { redis.call('HGET', KEYS[1], 'key'), redis.call('HGET', KEYS[1], 'nudge') or '' }
local proofs = redis.call('HGETALL', KEYS[2])
for i = 1, #proofs do answer[#answer + 1] = proofs[i] end
return answer
`
}

/** KEYS: a hash. ARGV: field, value, milliseconds after which the hash is forgotten or 0, channel. */
const askScript: RedisScript = {
  name: "secrets.ask",
  lua: `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
redis.call('PUBLISH', ARGV[4], '')
return 1
`
}

const randomHex = (bytes: number) => bytesToHex(randomBytes(bytes))
const decodeRequests = Schema.decodeUnknownEffect(
  Schema.TupleWithRest(Schema.Tuple([Schema.String, Schema.String]), [Schema.String])
)

export const SecretInstancesRedis = Layer.effect(
  SecretInstances,
  Effect.gen(function*() {
    const redis = yield* Redis
    const instances = yield* Instances
    let known = { key: "", fingerprint: makeFingerprint() }

    const ask = (hash: string, field: string, value: string, lifeMs: number) =>
      redis.script(askScript, [hash], [field, value, lifeMs, secretRequestKeys.channel]).pipe(
        Effect.asVoid,
        Effect.mapError(unreachable)
      )
    const newRequest = Effect.sync(() => randomHex(8))

    const requests = Effect.suspend(() =>
      redis.script(requestsScript, [secretRequestKeys.board, secretRequestKeys.proofs], [randomHex(32)])
    ).pipe(
      Effect.flatMap(decodeRequests),
      Effect.map(([key, refresh, ...proofs]) => {
        if (key !== known.key) known = { key, fingerprint: makeFingerprint(hexToBytes(key)) }
        return { refresh, proofs: proofsOf(proofs), fingerprint: known.fingerprint }
      }),
      Effect.catchTags(unavailable)
    )

    return SecretInstances.of({
      list: instances.list(secretTopic),
      requestRefresh: Effect.flatMap(newRequest, (request) => ask(secretRequestKeys.board, "nudge", request, 0)),
      prove: (name, fingerprint) =>
        Effect.tap(newRequest, (request) => ask(secretRequestKeys.proofs, name, `${request} ${fingerprint}`, proofMs)),
      fingerprint: (value) => Effect.map(requests, ({ fingerprint }) => fingerprint(value)),
      requests,
      arrivals: redis.subscribe(secretRequestKeys.channel).pipe(
        Stream.map(() => undefined),
        Stream.mapError(unreachable)
      )
    })
  })
)

const proofsOf = (answer: ReadonlyArray<string>) => {
  const proofs = new Map<string, { readonly request: string; readonly fingerprint: string }>()
  for (let i = 0; i + 1 < answer.length; i += 2) {
    const [request = "", fingerprint = ""] = (answer[i + 1] ?? "").split(" ")
    proofs.set(answer[i] ?? "", { request, fingerprint })
  }
  return proofs
}
