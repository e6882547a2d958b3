import { Result } from "effect"
import type { Blocker, RotationStep, SecretKind, ServerSession, Slots } from "../domain/Rotation.ts"
import { plan } from "./rotationPlan.ts"

/** What one process reports of the secret that is rotated. Values are named by their fingerprints. */
export interface Holder {
  readonly program: string
  readonly instance: string
  /** Since its report. */
  readonly ageMs: number
  /** `undefined`: it reports nothing of this secret. */
  readonly holding: {
    readonly generation: number
    readonly values: ReadonlyArray<string>
    /** Generation → open connections; `undefined`: it opens none with this secret. */
    readonly connections: Readonly<Record<string, number>> | undefined
    readonly proof: { readonly request: string; readonly ok: boolean; readonly detail: string } | undefined
  } | undefined
}

export interface Facts {
  readonly kind: SecretKind
  /** As the store holds them now, by fingerprint. */
  readonly slots: Slots<string>
  readonly holders: ReadonlyArray<Holder>
  /** As the server itself lists them. */
  readonly sessions: ReadonlyArray<ServerSession>
  /** The proof that was asked for last. */
  readonly request: string | undefined
}

/** A process that has not reported for so long may hold anything. */
export const silentAfterMs = 5_000

const named = ({ instance, program }: { readonly program: string; readonly instance: string }) =>
  `${program}/${instance}`

/**
 * Lists what keeps a step from being done now. A step without an entry in `preconditions` has none, nor has one of
 * which everything is done already, though nobody noted it.
 */
export const blockersOf = (step: RotationStep, facts: Facts): ReadonlyArray<Blocker> => {
  const check = preconditions[step]
  return check === undefined || isDone(step, facts) ? [] : [...reporting(facts), ...check(facts)]
}

const isDone = (step: RotationStep, { kind, slots }: Facts): boolean => {
  if (step === "verify" || step === "drain") return false
  const same = (a: string, b: string) => a === b
  const planned = plan(step, { kind, slots, same, direction: "forward", fresh: () => "" })
  return Result.isSuccess(planned) && planned.success.actions.length === 0
}

type Precondition = (facts: Facts) => ReadonlyArray<Blocker>

/** Somebody reports, and everybody did so just now. */
const reporting: Precondition = ({ holders }) =>
  holders.length === 0
    ? [{ code: "nobody_reports", who: "", detail: "No program reports what it holds." }]
    : holders.filter(({ ageMs }) => ageMs > silentAfterMs).map((one) => ({
      code: "instance_silent",
      who: named(one),
      detail: `It has said nothing for ${Math.round(one.ageMs / 1_000)} s.`
    }))

const holds = (slot: "current" | "next"): Precondition => ({ holders, slots }) =>
  holders.filter(({ holding }) => {
    const value = slots[slot]
    return value === undefined || holding === undefined || !holding.values.includes(value)
  }).map((one) => ({
    code: "value_not_held",
    who: named(one),
    detail: `It does not hold ${slot.toUpperCase()}${
      one.holding === undefined ? ", nor says anything of this secret" : ""
    }.`
  }))

const nextProved: Precondition = ({ holders, request }) =>
  holders.flatMap((one): ReadonlyArray<Blocker> => {
    if (one.holding === undefined || one.holding.connections === undefined) return []
    const { proof } = one.holding
    if (request === undefined || proof?.request !== request) {
      return [{
        code: "proof_missing",
        who: named(one),
        detail: "It has not said yet whether it can log in with NEXT."
      }]
    }
    return proof.ok ? [] : [{ code: "proof_failed", who: named(one), detail: proof.detail }]
  })

const oldValueUnused: Precondition = (facts) => {
  const { holders, sessions, slots } = facts
  const generations = new Map(holders.map((one) => [named(one), one.holding?.generation]))
  const reported = holders.flatMap((one): ReadonlyArray<Blocker> => {
    const { holding } = one
    if (holding === undefined) return []
    if (holding.values.some((value) => value !== slots.current && value !== slots.next)) {
      return [{ code: "old_value_held", who: named(one), detail: "It holds the old value still." }]
    }
    const old = Object.entries(holding.connections ?? {}).filter(([generation]) =>
      Number(generation) !== holding.generation
    )
    const count = old.reduce((sum, [, open]) => sum + open, 0)
    return count === 0
      ? []
      : [{
        code: "old_connections",
        who: named(one),
        detail: `${count} of its connections are of an older generation.`
      }]
  })
  const stray = new Map<string, number>()
  for (const session of sessions) {
    const who = named(session)
    if (generations.get(who) !== session.generation) stray.set(who, (stray.get(who) ?? 0) + 1)
  }
  return [
    ...holds("current")(facts),
    ...reported,
    ...[...stray].map(([who, count]): Blocker => ({
      code: "old_sessions",
      who,
      detail: generations.has(who)
        ? `The server lists ${count} of its connections that are of an older generation.`
        : `The server lists ${count} of its connections, and it reports no more: it hangs or is cut off. They end with that process.`
    }))
  ]
}

const holdsBoth: Precondition = (facts) => [...holds("current")(facts), ...holds("next")(facts)]

/** What must hold for each step. */
const preconditions: Readonly<Partial<Record<RotationStep, Precondition>>> = {
  apply: holdsBoth,
  verify: (facts) => [...holdsBoth(facts), ...nextProved(facts)],
  promote: holdsBoth,
  drain: oldValueUnused,
  retire: (facts) => facts.kind === "key" ? holds("current")(facts) : oldValueUnused(facts),
  revert: holds("current"),
  discard: (facts) => facts.kind === "key" ? [] : holds("current")(facts)
}

/** What may happen when a step is forced past what blocks it. */
export const mayBreak = (step: RotationStep, blocks: ReadonlyArray<Blocker>): ReadonlyArray<string> =>
  blocks.length === 0 ? [] : [consequence[step] ?? "Nothing that is known."]

const consequence: Readonly<Partial<Record<RotationStep, string>>> = {
  apply:
    "A process that does not hold NEXT cannot log in to PostgreSQL until it has read the store again; what it has open goes on.",
  verify: "NEXT was not proved by everybody: whoever cannot log in with it loses its way in when CURRENT is retired.",
  promote:
    "A process that does not hold NEXT cannot use what is CURRENT from now on until it has read the store again.",
  drain: "Connections that were opened with the old value go on.",
  retire: "Whoever uses the old value still is refused at its next login or request.",
  revert: "A process that does not hold CURRENT cannot log in until it has read the store again.",
  discard: "A process that does not hold CURRENT cannot log in until it has read the store again."
}
