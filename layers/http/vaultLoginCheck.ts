import { Clock, DateTime, Effect, Metric } from "effect"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import { type AppRoleLogin, AppRoleLogins } from "../vault/AppRoleLogins.ts"
import type { SecretIdLife } from "../vault/Vault.ts"
import type { Check, CheckResult } from "./HealthCheck.ts"

export const secretIdExpiry = Metric.gauge("mutt_vault_secret_id_expiry_timestamp_seconds", {
  description: "When the secret_id of the next login at Vault ends, by role; +Inf: never. Absent where Vault tells not."
})

const day = 86_400_000
const everyMs = 60_000
/** Where the policy does not let it ask. */
const refusedMs = 600_000
const unansweredMs = 5_000

/** From when on somebody must be told: 14 days before the end, or a third of a shorter life. */
const warnsAt = (madeAt: number, endsAt: number) => endsAt - Math.min(14 * day, (endsAt - madeAt) / 3)

const fewLogins = 3

/** What is wrong with a secret_id at this time; `undefined`: nothing. */
const problemOf = (life: SecretIdLife, now: number): string | undefined => {
  if (life.state === "wrapped") return "is a new one, still wrapped: start the program again before the wrapping ends"
  if (life.state === "ended") return "has ended, or was removed"
  const { endsAt, loginsLeft, madeAt } = life
  if (endsAt !== undefined && now >= endsAt) return "has ended"
  if (endsAt !== undefined && now >= warnsAt(madeAt, endsAt)) {
    return `ends on ${DateTime.formatIso(DateTime.makeUnsafe(endsAt))}`
  }
  return loginsLeft !== undefined && loginsLeft <= fewLogins ? `has ${loginsLeft} logins left` : undefined
}

const makeNew = ({ option }: AppRoleLogin) => `; make a new one with scripts/vault-init.sh --renew ${option} FILE`

/** The sentence for one login, with what to do where that is not said yet. */
const sentence = (login: AppRoleLogin, life: SecretIdLife, now: number): string | undefined => {
  const problem = problemOf(life, now)
  if (problem === undefined) return undefined
  return `the secret_id ${problem}${life.state === "wrapped" ? "" : makeNew(login)}`
}

interface Known {
  readonly at: number
  readonly life: SecretIdLife | "refused" | "unreadable"
}

const unasked = "Vault was not asked yet when the secret_id ends"
const unreadable = "the file of the secret_id cannot be read, which the next login needs"

/** Follows one secret_id, and says once a day in the log what is wrong with it. */
const follow = Effect.fnUntraced(function*(login: AppRoleLogin) {
  let known: Known | undefined
  let said: { readonly at: number; readonly text: string } | undefined

  let endsAt = Infinity

  const gauge = Effect.fnUntraced(function*(life: SecretIdLife, now: number) {
    if (life.state === "wrapped") return
    // One that was removed ended when that was seen.
    endsAt = life.state === "valid" ? life.endsAt ?? Infinity : Math.min(endsAt, now)
    yield* Metric.update(Metric.withAttributes(secretIdExpiry, { role: life.role }), endsAt / 1_000)
  })

  const problem = (now: number): string | undefined =>
    known === undefined || known.life === "refused"
      ? undefined
      : known.life === "unreadable"
      ? unreadable
      : sentence(login, known.life, now)

  const tell = Effect.fnUntraced(function*(now: number) {
    const text = known?.life === "refused"
      ? "Vault does not tell when the secret_id ends; scripts/vault-init.sh, run again, gives the role the right to ask"
      : problem(now)
    const steady = yield* steadyMillis
    if (text === said?.text && steady - (said?.at ?? 0) < day) return
    if (text !== undefined) {
      // A right that is missing is told once: nothing gets worse by waiting.
      if (known?.life === "refused" && said?.text === text) return
      yield* Effect.logWarning("The login at Vault needs attention.").pipe(
        Effect.annotateLogs({ problem: text, option: login.option })
      )
    }
    said = text === undefined ? undefined : { at: steady, text }
  })

  const look = Effect.gen(function*() {
    const answer = yield* Effect.result(login.secretId)
    const now = yield* Clock.currentTimeMillis
    if (answer._tag === "Success") {
      known = { at: now, life: answer.success }
      yield* gauge(answer.success, now)
    } else if (answer.failure.status === 403) known = { at: now, life: "refused" }
    else if (answer.failure.reason === "unreadable") known = { at: now, life: "unreadable" }
    yield* tell(now)
    // Whether Vault answers at all is another check's.
    if (known === undefined) return unansweredMs
    return known.life === "refused" ? refusedMs : everyMs
  })
  yield* look.pipe(Effect.flatMap(Effect.sleep), Effect.forever, supervised("vault.secret-id"))

  return { known: () => known, problem }
})

/**
 * The secret_ids live for long enough that somebody can make new ones. Not required: what is logged in goes on working
 * until its token ends for good. No check where secrets are kept elsewhere.
 */
export const vaultLoginChecks = Effect.gen(function*() {
  const logins = yield* AppRoleLogins
  if (logins.length === 0) return []
  const followed = yield* Effect.forEach(logins, follow)

  const check: Check = {
    name: "vault_login",
    required: false,
    check: Effect.map(Clock.currentTimeMillis, (now): CheckResult => {
      const known = followed.flatMap((one) => one.known() ?? [])
      if (known.length < followed.length) return { state: "degraded", detail: unasked }
      const ageMs = now - Math.min(...known.map(({ at }) => at))
      const problems = followed.flatMap(({ problem }) => problem(now) ?? [])
      if (problems.length > 0) return { state: "degraded", ageMs, detail: problems.join("; ") }
      return known.some(({ life }) => life === "refused")
        ? {
          state: "ok",
          ageMs,
          detail: "Vault does not tell when the secret_id ends: its policy is of an earlier version"
        }
        : { state: "ok", ageMs }
    })
  }
  return [check]
})
