import { Clock, Effect, Layer, Redacted, Stream } from "effect"
import { SecretInstances, secretTopic } from "../../../../layers/instances/SecretInstances.ts"
import { CredentialTargets, LoginServerFailed } from "../../../../services/web-ui/rotation/CredentialTargets.ts"
import type { SecretKind } from "../../../../src/domain/Rotation.ts"
import type { Program } from "../../../../src/domain/Settings.ts"
import { makeSecretWriterMemory } from "../../../layers/secret/SecretWriterMemory.ts"
import { makeCredentialTargetsMemory } from "./CredentialTargetsMemory.ts"

export const secretOf = { postgres: "DB_PASS", redis: "REDIS_PASS", key: "INGEST_API_KEY" } as const

/** A process, as far as one secret goes: what it read last, and what its one connection is logged in with. */
export interface Process {
  readonly instance: string
  held: ReadonlyArray<string>
  generation: number
  connection: { readonly generation: number; readonly value: string }
  silentSince: number | undefined
}

/** A store, two servers and processes in memory, which do what they do only when told. */
export const makeFleet = (kind: SecretKind) =>
  Effect.gen(function*() {
    const secret = secretOf[kind]
    const store = yield* makeSecretWriterMemory({
      DB_USER: "mutt_app",
      DB_PASS_CURRENT: "old",
      DB_PASS_NEXT: "",
      REDIS_PASS_CURRENT: "old",
      INGEST_API_KEY: "old",
      WEBUI_API_KEY: "mine"
    })
    const servers = makeCredentialTargetsMemory({ postgres: "old", redis: "old" })
    const processes = new Map<string, Process>()
    let [proof, count] = [{ request: "", fingerprint: "" }, 0]

    const slots = Effect.map(store.values, (values) => {
      const value = (name: string) => values[`${secret}${name}`] || undefined
      return { current: value("_CURRENT") ?? values[secret] ?? "", next: value("_NEXT"), previous: value("_PREVIOUS") }
    })
    const readable = Effect.map(slots, ({ current, next }) => next === undefined ? [current] : [current, next])
    /** Callers of a key use the one or the other; there is no server that refuses. */
    const accepted = (): ReadonlySet<string> => kind === "key" ? new Set(["old"]) : servers.accepted(kind)

    const logIn = (process: Process): boolean => {
      const value = process.held.find((one) => accepted().has(one))
      if (value === undefined) return false
      process.connection = { generation: process.generation, value }
      return true
    }
    const join = Effect.fnUntraced(function*(instance: string) {
      const held = yield* readable
      const process: Process = {
        instance,
        held,
        generation: 1,
        connection: { generation: 1, value: held[0] ?? "" },
        silentSince: undefined
      }
      processes.set(instance, process)
      return logIn(process)
    })
    const refresh = Effect.fnUntraced(function*(process: Process) {
      const held = yield* readable
      if (held.join() !== process.held.join()) process.generation += 1
      process.held = held
    })

    const programOf = (): Program => "alerter"
    const instances = SecretInstances.of({
      list: Effect.map(Clock.currentTimeMillis, (now) => ({
        now,
        instances: [...processes.values()].filter(({ silentSince }) =>
          now - (silentSince ?? now) < secretTopic.silentMs
        ).map((
          { connection, generation, held, instance, silentSince }
        ) => ({
          program: programOf(),
          instance,
          stale: false,
          since: now,
          seen: silentSince ?? now,
          holdings: {
            [secret]: {
              generation,
              slots: Object.fromEntries(held.map((value, index) => [index === 0 ? "CURRENT" : "NEXT", value])),
              ...(kind === "key" ? {} : { connections: { [connection.generation]: 1 } }),
              ...(proof.request === "" ? {} : {
                proof: {
                  request: proof.request,
                  ok: held.includes(proof.fingerprint) && accepted().has(proof.fingerprint),
                  detail: "refused"
                }
              })
            }
          }
        }))
      })),
      requestRefresh: Effect.void,
      prove: (_, fingerprint) =>
        Effect.sync(() => {
          proof = { request: `request-${++count}`, fingerprint }
          return proof.request
        }),
      // Values are their own fingerprints here, which makes failures readable.
      fingerprint: (value) => Effect.sync(() => Redacted.value(value)),
      requests: Effect.never,
      arrivals: Stream.never
    })
    const sessions = Effect.sync(() =>
      [...processes.values()].map(({ connection, instance }) => ({
        program: programOf(),
        instance,
        generation: connection.generation
      }))
    )
    const withSessions = CredentialTargets.of({
      postgres: { ...servers.servers.postgres, sessions },
      redis: { ...servers.servers.redis, sessions }
    })

    return {
      secret,
      store,
      servers,
      login: withSessions,
      processes,
      slots,
      readable,
      accepted,
      join,
      logIn,
      refresh,
      instances,
      layer: Layer.mergeAll(
        store.layer,
        Layer.succeed(CredentialTargets, withSessions),
        Layer.succeed(SecretInstances, instances)
      ),
      /** Everybody reads the store and replaces its connection. */
      settle: Effect.suspend(() =>
        Effect.forEach(
          processes.values(),
          (process) => Effect.tap(refresh(process), () => Effect.sync(() => logIn(process))),
          { discard: true }
        )
      ),
      down: new LoginServerFailed({ server: "PostgreSQL", detail: "away" })
    }
  })

export type Fleet = Effect.Success<ReturnType<typeof makeFleet>>
