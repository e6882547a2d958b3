import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger, Metric } from "effect"
import { TestClock } from "effect/testing"
import { secretIdExpiry, vaultLoginChecks } from "../../../layers/http/vaultLoginCheck.ts"
import { type AppRoleLogin, AppRoleLogins } from "../../../layers/vault/AppRoleLogins.ts"
import { type SecretIdLife, VaultFailed } from "../../../layers/vault/Vault.ts"

const day = 86_400_000
const failed = (reason: VaultFailed["reason"], status: number) =>
  new VaultFailed({ operation: "lookup", reason, status })
const lives = (days: number | undefined, role = "mutt-programs", loginsLeft?: number): SecretIdLife => ({
  state: "valid",
  role,
  madeAt: 0,
  endsAt: days === undefined ? undefined : days * day,
  loginsLeft
})

/** A check of one login or more, each with an answer that can change, and what it logged. */
const worldAt = (now: number, ...answers: Array<SecretIdLife | VaultFailed>) =>
  Effect.gen(function*() {
    yield* TestClock.setTime(now)
    const lines: Array<string> = []
    const options = ["--webui-file", "--rotator-file"] as const
    const logins = answers.map((_, index): AppRoleLogin => ({
      option: options[index] ?? "--secret-id-file",
      secretId: Effect.suspend(() => {
        const answer = answers[index]
        return answer instanceof VaultFailed ? answer : Effect.succeed(answer ?? lives(undefined))
      })
    }))
    const logger = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
    const [check] = yield* vaultLoginChecks.pipe(Effect.provideService(AppRoleLogins, logins), Effect.provide(logger))
    assert.isDefined(check)
    yield* TestClock.adjust(0)
    return { answers, lines, check: check.check, required: check.required }
  })

const world = (...answers: Array<SecretIdLife | VaultFailed>) => worldAt(0, ...answers)

describe("the check of the logins at Vault", () => {
  it.effect("is not there where secrets are kept elsewhere", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* vaultLoginChecks, [])
    }))

  it.effect("is degraded from 14 days before the end of the secret_id, and says how to make a new one", () =>
    Effect.gen(function*() {
      const { answers, check, required } = yield* worldAt(76 * day - 1, lives(90))
      assert.isFalse(required)
      assert.strictEqual((yield* check).state, "ok")
      yield* TestClock.adjust(1)
      const { detail, state } = yield* check
      assert.strictEqual(state, "degraded")
      assert.strictEqual(
        detail,
        "the secret_id ends on 1970-04-01T00:00:00.000Z; make a new one with scripts/vault-init.sh --renew --webui-file FILE"
      )
      answers[0] = lives(76)
      yield* TestClock.adjust("1 minute")
      assert.include((yield* check).detail ?? "", "the secret_id has ended")
      answers[0] = lives(180)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* check).state, "ok")
    }))

  it.effect("tells of a short life in its last third, and of few logins that are left", () =>
    Effect.gen(function*() {
      const { answers, check } = yield* worldAt(2 * day - 1, lives(3))
      assert.strictEqual((yield* check).state, "ok")
      yield* TestClock.adjust(1)
      assert.strictEqual((yield* check).state, "degraded")
      answers[0] = lives(undefined, "mutt-programs", 3)
      yield* TestClock.adjust("1 minute")
      assert.include((yield* check).detail ?? "", "the secret_id has 3 logins left")
      answers[0] = lives(undefined, "mutt-programs", 4)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* check).state, "ok")
    }))

  it.effect("says in the log once a day what is wrong, and at once when that is something else", () =>
    Effect.gen(function*() {
      const { answers, lines } = yield* worldAt(76 * day, lives(90))
      assert.lengthOf(lines, 1)
      yield* TestClock.adjust(day - 1)
      assert.lengthOf(lines, 1)
      yield* TestClock.adjust(day + 1)
      assert.lengthOf(lines, 3)
      answers[0] = { state: "ended", role: "mutt-programs" }
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(lines, 4)
    }))

  it.effect("names each login of the web-ui by the option that makes its secret_id, and gives a metric by role", () =>
    Effect.gen(function*() {
      const { check } = yield* world(lives(undefined, "mutt-webui"), { state: "ended", role: "mutt-rotator" })
      const { detail = "" } = yield* check
      assert.include(detail, "has ended, or was removed")
      assert.include(detail, "--rotator-file")
      assert.notInclude(detail, "--webui-file")
      const seconds = (role: string) =>
        Effect.map(Metric.value(Metric.withAttributes(secretIdExpiry, { role })), ({ value }) => value)
      assert.strictEqual(yield* seconds("mutt-webui"), Infinity)
      assert.strictEqual(yield* seconds("mutt-rotator"), 0)
    }))

  it.effect("is ok where the policy does not let it ask, says so once, and asks again", () =>
    Effect.gen(function*() {
      const { answers, check, lines } = yield* world(failed("refused", 403))
      const { detail = "", state } = yield* check
      assert.strictEqual(state, "ok")
      assert.include(detail, "policy is of an earlier version")
      yield* TestClock.adjust("3 days")
      assert.lengthOf(lines, 1)
      answers[0] = lives(90)
      yield* TestClock.adjust("10 minutes")
      assert.notProperty(yield* check, "detail")
    }))

  it.effect("keeps what it knows while Vault is away, and tells of a file that cannot be read or is still wrapped", () =>
    Effect.gen(function*() {
      const { answers, check } = yield* world(failed("unreachable", 0))
      assert.include((yield* check).detail ?? "", "not asked yet")
      answers[0] = lives(90)
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual((yield* check).state, "ok")
      answers[0] = failed("unreachable", 0)
      yield* TestClock.adjust("1 hour")
      assert.deepInclude(yield* check, { state: "ok" })
      answers[0] = failed("unreadable", 0)
      yield* TestClock.adjust("1 minute")
      assert.include((yield* check).detail ?? "", "cannot be read")
      answers[0] = { state: "wrapped", role: "mutt-programs" }
      yield* TestClock.adjust("1 minute")
      assert.include((yield* check).detail ?? "", "start the program again")
    }))
})
