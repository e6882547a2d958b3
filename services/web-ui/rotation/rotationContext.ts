import { Effect, type Redacted } from "effect"
import { type SecretFleet, type SecretInstance, SecretInstances } from "../../../layers/instances/SecretInstances.ts"
import { isAdminSecret } from "../../../layers/secret/adminSecrets.ts"
import { callerOf, secretsAmong } from "../../../layers/secret/names.ts"
import { type SecretVersion, SecretWriter } from "../../../layers/secret/SecretWriter.ts"
import type { SecretKind, ServerSession, Slots } from "../../../src/domain/Rotation.ts"
import {
  RotationConfused,
  RotationUnavailable,
  SecretStoreReadOnly,
  SecretUnknown
} from "../../../src/domain/RotationError.ts"
import { nearest } from "../../../src/logic/nearest.ts"
import type { Facts, Holder } from "../../../src/logic/rotationBlockers.ts"
import { CredentialTargets, type LoginServerFailed } from "./CredentialTargets.ts"
import { slotsIn } from "./slots.ts"

const kinds = new Map<string, SecretKind>([["DB_PASS", "postgres"], ["REDIS_PASS", "redis"], ["MOOG_API_KEY", "key"]])

/** `undefined`: MUTT does not rotate it. */
const kindOf = (secret: string): SecretKind | undefined =>
  kinds.get(secret) ?? (callerOf(secret) === undefined ? undefined : "key")

/** Handlers for the errors of the secret store. */
export const storeErrors = {
  SecretStoreUnavailable: ({ message }: { readonly message: string }) =>
    Effect.fail(new RotationUnavailable({ needs: "secret store", detail: message })),
  SecretStoreReadOnly: ({ detail }: { readonly detail: string }) => Effect.fail(new SecretStoreReadOnly({ detail }))
}
export const serverUnavailable = ({ message }: LoginServerFailed) =>
  new RotationUnavailable({ needs: "server", detail: message })

/** Reads what a rotation decides by: the secret store, the processes that use it, and the sessions of the servers. */
export const makeRotationContext = Effect.gen(function*() {
  const writer = yield* SecretWriter
  const instances = yield* SecretInstances
  const servers = yield* CredentialTargets

  const read = Effect.catchTags(writer.read, storeErrors)

  const orUnavailable = <A>(effect: Effect.Effect<A, { readonly detail: string }>) =>
    Effect.mapError(effect, ({ detail }) => new RotationUnavailable({ needs: "list of processes", detail }))

  /** The secrets that can be rotated: those that the store has a value of. */
  const rotatable = (values: SecretVersion["values"]): ReadonlyArray<string> =>
    [...secretsAmong(values.keys())]
      .filter((name) => kindOf(name) !== undefined && slotsIn(values, name) !== undefined)
      .sort()

  const kind = Effect.fnUntraced(function*(secret: string) {
    const { values } = yield* read
    const known = rotatable(values)
    const found = kindOf(secret)
    if (found === undefined || !known.includes(secret)) {
      return yield* new SecretUnknown({
        detail: `There is no secret ${secret} that can be rotated.`,
        nearest: known.length === 0 ? "" : nearest(secret, known)
      })
    }
    return found
  })

  const stored = Effect.fnUntraced(function*(secret: string) {
    const version = yield* read
    const slots = slotsIn(version.values, secret)
    if (slots === undefined) {
      return yield* new RotationConfused({ detail: `${secret}_CURRENT is not in the store any more.` })
    }
    return { ...version, slots }
  })

  const fingerprint = (value: Redacted.Redacted) => orUnavailable(instances.fingerprint(value))
  const fingerprints = Effect.fnUntraced(function*({ current, next, previous }: Slots<Redacted.Redacted>) {
    const optional = (value: Redacted.Redacted | undefined) =>
      value === undefined ? Effect.succeed(undefined) : fingerprint(value)
    const shown: Slots<string> = {
      current: yield* fingerprint(current),
      next: yield* optional(next),
      previous: yield* optional(previous)
    }
    return shown
  })

  const sessionsOf = (kind: SecretKind): Effect.Effect<ReadonlyArray<ServerSession>, RotationUnavailable> =>
    kind === "key"
      ? Effect.succeed([])
      : Effect.mapError(servers[kind].sessions, serverUnavailable)

  const facts = Effect.fnUntraced(function*(
    secret: string,
    kind: SecretKind,
    slots: Slots<Redacted.Redacted>,
    request: string | undefined
  ) {
    const statuses = yield* orUnavailable(instances.list)
    return {
      kind,
      slots: yield* fingerprints(slots),
      holders: holdersOf(statuses, secret),
      sessions: yield* sessionsOf(kind),
      request
    } satisfies Facts
  })

  return {
    read,
    rotatable,
    kind,
    stored,
    fingerprints,
    sessionsOf,
    facts,
    list: orUnavailable(instances.list),
    nudge: orUnavailable(instances.requestRefresh),
    prove: (secret: string, fingerprint: string) => orUnavailable(instances.prove(secret, fingerprint)),
    fingerprint
  }
})

const holdersOf = ({ instances, now }: SecretFleet, secret: string): ReadonlyArray<Holder> =>
  instances.filter(({ holdings, program }) =>
    // Other programs have no business with it, and hold it only where the store is not parted.
    program === "web-ui" || !isAdminSecret(secret) || Object.hasOwn(holdings, secret)
  ).map((one) => ({
    program: one.program,
    instance: one.instance,
    ageMs: now - one.seen,
    holding: holdingOf(one, secret)
  }))

const holdingOf = ({ holdings }: SecretInstance, secret: string): Holder["holding"] => {
  const holding = Object.hasOwn(holdings, secret) ? holdings[secret] : undefined
  return holding === undefined ? undefined : {
    generation: holding.generation,
    values: Object.values(holding.slots),
    connections: holding.connections,
    proof: holding.proof
  }
}
