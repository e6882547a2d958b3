import { Clock, Effect, Layer, PubSub, Stream } from "effect"
import type { Program } from "../../src/domain/Settings.ts"
import { makeFingerprint } from "../secret/fingerprint.ts"
import { type SecretInstance, SecretInstances } from "./SecretInstances.ts"
import { SecretReports } from "./SecretReports.ts"

const silentMs = 60_000

/** A board in memory, where a test reads and asks, with as many processes as it wants. */
export const makeSecretInstancesMemory = Effect.gen(function*() {
  const reports = new Map<string, SecretInstance>()
  const proofs = new Map<string, { readonly request: string; readonly fingerprint: string; readonly at: number }>()
  const asked = yield* PubSub.unbounded<void>()
  let fingerprint = makeFingerprint()
  let [nudge, requests] = ["", 0]

  const ask = (set: (request: string, at: number) => void) =>
    Effect.gen(function*() {
      const request = `request-${++requests}`
      set(request, yield* Clock.currentTimeMillis)
      yield* PubSub.publish(asked, undefined)
      return request
    })

  const instances: SecretInstances["Service"] = {
    list: Effect.map(Clock.currentTimeMillis, (now) => {
      for (const [name, { seen }] of reports) if (now - seen > silentMs) reports.delete(name)
      return { now, instances: [...reports.values()].toSorted((a, b) => (a.instance < b.instance ? -1 : 1)) }
    }),
    nudge: Effect.asVoid(ask((request) => {
      nudge = request
    })),
    prove: (name, wanted) => ask((request, at) => void proofs.set(name, { request, fingerprint: wanted, at })),
    fingerprint: (value) => Effect.sync(() => fingerprint(value))
  }

  /** The side of a process. */
  const process = (program: Program, instance: string) =>
    Layer.effect(
      SecretReports,
      Effect.gen(function*() {
        yield* Effect.addFinalizer(() => Effect.sync(() => reports.delete(instance)))
        return SecretReports.of({
          report: (make) =>
            Effect.map(Clock.currentTimeMillis, (now) => {
              reports.set(instance, { ...make(fingerprint), program, instance, seen: now })
              const standing = [...proofs].filter(([, { at }]) => now - at <= silentMs).map(
                ([name, { fingerprint, request }]) => [name, { fingerprint, request }] as const
              )
              return { nudge, proofs: new Map(standing), fingerprint }
            }),
          asks: Stream.fromPubSub(asked)
        })
      })
    )

  return {
    layer: Layer.succeed(SecretInstances, instances),
    process,
    /** As when the store of the board is lost. */
    forget: Effect.sync(() => {
      reports.clear()
      proofs.clear()
      nudge = ""
      fingerprint = makeFingerprint()
    })
  }
})
