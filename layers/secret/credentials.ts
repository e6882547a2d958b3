import { Option, Redacted } from "effect"
import type { Credential, CredentialVersion, Slot } from "../../src/domain/Credential.ts"
import type { SecretValues } from "../../src/domain/SecretValues.ts"
import type { Fingerprint } from "./fingerprint.ts"
import { secretsAmong } from "./names.ts"
import { validateSecrets } from "./validateSecrets.ts"

export interface SecretState {
  readonly values: SecretValues
  readonly credentials: ReadonlyMap<string, Credential>
  /** Grows when any credential comes, goes or changes, or the addresses it is good from. */
  readonly revision: number
  readonly fetchedAt: number
  /** The last read failed, or some of it could not be used. */
  readonly stale: boolean
  /** Name → what is wrong with its value in the store. */
  readonly problems: ReadonlyMap<string, string>
}

export const unread = (now: number): SecretState => ({
  values: new Map(),
  credentials: new Map(),
  revision: 0,
  fetchedAt: now,
  stale: true,
  problems: new Map()
})

/** Takes over what was read. A legacy name without a slot stands for CURRENT. */
export const advance = (
  before: SecretState,
  read: SecretValues,
  now: number
): SecretState => {
  const { problems, values } = validateSecrets(before.values, read)
  const names = secretsAmong(values.keys())
  let changed = names.size !== before.credentials.size
  const credentials = new Map<string, Credential>()
  for (const name of names) {
    const current = Option.fromNullishOr(values.get(`${name}_CURRENT`) ?? values.get(name))
    const next = Option.fromNullishOr(values.get(`${name}_NEXT`))
    const old = before.credentials.get(name)
    const same = old !== undefined && equal(old.current, current) && equal(old.next, next)
    const from = `${name}_FROM`
    changed ||= !same || !equal(Option.fromNullishOr(before.values.get(from)), Option.fromNullishOr(values.get(from)))
    const generation = (old?.generation ?? 0) + Number(!same)
    credentials.set(name, { name, current, next, generation, fetchedAt: now })
  }
  const revision = before.revision + Number(changed)
  return { values, credentials, revision, fetchedAt: now, stale: problems.size > 0, problems }
}

const equal = (a: Option.Option<Redacted.Redacted>, b: Option.Option<Redacted.Redacted>): boolean =>
  Option.isNone(a) ? Option.isNone(b) : Option.isSome(b) && Redacted.value(a.value) === Redacted.value(b.value)

/** Orders the values to try: the one that worked last, else CURRENT, is first. Equal values are one candidate. */
export const versionsOf = (
  credential: Credential,
  fingerprint: Fingerprint,
  workedLast: string | undefined
): ReadonlyArray<CredentialVersion> => {
  const slot = (name: CredentialVersion["slot"], value: Option.Option<Redacted.Redacted>) =>
    Option.toArray(value).map((value): CredentialVersion => ({ slot: name, value, fingerprint: fingerprint(value) }))
  const [first, second] = [...slot("CURRENT", credential.current), ...slot("NEXT", credential.next)]
  if (first === undefined) return []
  if (second === undefined || second.fingerprint === first.fingerprint) return [first]
  return second.fingerprint === workedLast ? [second, first] : [first, second]
}

/** Slot → fingerprint. */
export const slotsOf = (
  { current, next }: Credential,
  fingerprint: Fingerprint
): Readonly<Partial<Record<Slot, string>>> => ({
  ...(Option.isSome(current) ? { CURRENT: fingerprint(current.value) } : {}),
  ...(Option.isSome(next) ? { NEXT: fingerprint(next.value) } : {})
})
