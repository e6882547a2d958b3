import { Clock, Effect, Layer, PubSub, Stream } from "effect"
import { Instances } from "../../../layers/instances/Instances.ts"
import { SecretInstances, secretTopic } from "../../../layers/instances/SecretInstances.ts"
import { makeFingerprint } from "../../../layers/secret/fingerprint.ts"

const proofMs = 60_000

/** Requests in memory, for tests. */
export const makeSecretInstancesMemory = Effect.gen(function*() {
  const proofs = new Map<string, { readonly request: string; readonly fingerprint: string; readonly at: number }>()
  const asked = yield* PubSub.unbounded<void>()
  let fingerprint = makeFingerprint()
  let [refresh, count] = ["", 0]

  const ask = (set: (request: string, at: number) => void) =>
    Effect.gen(function*() {
      const request = `request-${++count}`
      set(request, yield* Clock.currentTimeMillis)
      yield* PubSub.publish(asked, undefined)
      return request
    })

  const layer = Layer.effect(
    SecretInstances,
    Effect.map(Instances, (instances) =>
      SecretInstances.of({
        list: instances.list(secretTopic),
        requestRefresh: Effect.asVoid(ask((request) => {
          refresh = request
        })),
        prove: (name, wanted) => ask((request, at) => void proofs.set(name, { request, fingerprint: wanted, at })),
        fingerprint: (value) => Effect.sync(() => fingerprint(value)),
        requests: Effect.map(Clock.currentTimeMillis, (now) => ({
          refresh,
          proofs: new Map(
            [...proofs].filter(([, { at }]) => now - at <= proofMs).map(
              ([name, { fingerprint, request }]) => [name, { fingerprint, request }] as const
            )
          ),
          fingerprint
        })),
        arrivals: Stream.fromPubSub(asked)
      }))
  )

  return {
    layer,
    /** As when Redis loses everything. */
    forget: Effect.sync(() => {
      proofs.clear()
      refresh = ""
      fingerprint = makeFingerprint()
    })
  }
})
