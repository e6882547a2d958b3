import { assert, layer } from "@effect/vitest"
import { Clock, Context, Effect, Layer, Logger } from "effect"
import { writeFileSync } from "node:fs"
import { vaultLoginChecks } from "../../../layers/http/vaultLoginCheck.ts"
import { AppRoleLogins } from "../../../layers/vault/AppRoleLogins.ts"
import { until } from "../../support/eventually.ts"
import { needs } from "../../support/needs.ts"
import { type OpenBao, openBao } from "../../support/openBao.ts"
import { settableClock } from "../../support/settableClock.ts"
import { built, programVault, secretIn } from "./vaults.ts"

class Bao extends Context.Service<Bao, OpenBao>()("test/OpenBao") {}

const day = 86_400_000

/** A program's login with a secret_id that vault-init.sh makes with these options. */
const withSecretId = Effect.fnUntraced(function*(name: string, ...options: ReadonlyArray<string>) {
  const bao = yield* Bao
  const secretIdFile = bao.file(name)
  const said = yield* bao.init("--secret-id-file", secretIdFile, ...options)
  const roleId = /role mutt-programs: role_id (\S+)/.exec(said)?.[1] ?? ""
  return { bao, secretIdFile, vault: yield* built(yield* programVault(bao, { roleId, secretIdFile })) }
})

const checkOf = Effect.fnUntraced(function*(vault: Effect.Success<ReturnType<typeof withSecretId>>["vault"]) {
  const logins = [{ option: "--secret-id-file", secretId: vault.secretId }] as const
  const [check] = yield* Effect.provideService(vaultLoginChecks, AppRoleLogins, logins)
  const result = check?.check ?? Effect.die("no check")
  yield* until(result, ({ detail }) => detail?.includes("not asked yet") !== true)
  return result
})

needs(["OpenBao", "curl"], () => {
  layer(Layer.merge(Layer.effect(Bao, openBao("memory")), Logger.layer([])), { excludeTestServices: true })(
    "the life of a secret_id",
    (it) => {
      it.effect("is 90 days where vault-init.sh switched AppRole on, and said where Vault allows less", () =>
        Effect.gen(function*() {
          const { bao, secretIdFile, vault } = yield* withSecretId("default")
          const days = Effect.map(
            vault.secretId,
            (life) => life.state === "valid" ? ((life.endsAt ?? 0) - life.madeAt) / day : 0
          )
          assert.strictEqual(yield* days, 90)
          yield* bao.ask("POST", "sys/auth/approle/tune", { max_lease_ttl: "768h" })
          const said = yield* bao.init("--secret-id-file", secretIdFile, "--renew")
          assert.include(said, "live for 2764800 seconds only")
          assert.strictEqual(yield* days, 32)
          yield* bao.ask("POST", "sys/auth/approle/tune", { max_lease_ttl: "2160h" })
          assert.notInclude(yield* bao.init("--secret-id-file", secretIdFile, "--renew"), "only")
          assert.strictEqual(yield* days, 90)
        }))

      it.effect("is known with the rights of the role, and told of in time", () =>
        Effect.gen(function*() {
          const { clock, setBack } = yield* settableClock
          yield* Effect.gen(function*() {
            const { vault } = yield* withSecretId("month", "--secret-id-ttl", String(30 * day / 1_000))
            const life = yield* vault.secretId
            assert.deepInclude(life, { state: "valid", role: "mutt-programs", loginsLeft: undefined })
            if (life.state !== "valid") return
            assert.strictEqual((life.endsAt ?? 0) - life.madeAt, 30 * day)
            const check = yield* checkOf(vault)
            assert.strictEqual((yield* check).state, "ok")
            // A third of 30 days is less than 14.
            yield* setBack(-21 * day)
            const { detail = "", state } = yield* check
            assert.strictEqual(state, "degraded")
            assert.include(detail, `the secret_id ends on ${new Date(life.endsAt ?? 0).toISOString()}`)
          }).pipe(Effect.provideService(Clock.Clock, clock))
        }))

      it.effect("ends, while the token goes on, and a new one is seen without a restart", () =>
        Effect.gen(function*() {
          const { bao, secretIdFile, vault } = yield* withSecretId("short")
          yield* vault.read
          yield* bao.init("--secret-id-file", secretIdFile, "--renew", "--secret-id-ttl", "2")
          const check = yield* checkOf(vault)
          yield* until(vault.secretId, ({ state }) => state === "ended")
          assert.include((yield* check).detail ?? "", "has ended")
          yield* vault.read
          yield* bao.init("--secret-id-file", secretIdFile, "--renew", "--secret-id-uses", "7")
          assert.deepInclude(yield* vault.secretId, { state: "valid", loginsLeft: 7 })
        }))

      it.effect("is over when its logins are, and is without end when nobody set one", () =>
        Effect.gen(function*() {
          const once = yield* withSecretId("once", "--secret-id-uses", "1", "--secret-id-ttl", "0")
          assert.deepInclude(yield* once.vault.secretId, { state: "ended" })
          const { vault } = yield* withSecretId("for-ever", "--secret-id-ttl", "0")
          assert.deepInclude(yield* vault.secretId, { state: "valid", endsAt: undefined, loginsLeft: undefined })
        }))

      it.effect("is known of a wrapped one that was unwrapped, and looking at another does not use it up", () =>
        Effect.gen(function*() {
          const { bao, secretIdFile, vault } = yield* withSecretId("wrapped", "--wrap", "60")
          assert.deepInclude(yield* vault.secretId, { state: "valid" })
          yield* bao.init("--secret-id-file", secretIdFile, "--renew", "--wrap", "60")
          assert.deepInclude(yield* vault.secretId, { state: "wrapped" })
          yield* bao.ask("POST", "sys/wrapping/unwrap", { token: secretIn(secretIdFile) })
          writeFileSync(secretIdFile, "")
          assert.deepInclude(yield* Effect.flip(vault.secretId), { reason: "unreadable" })
          writeFileSync(secretIdFile, "no-secret-id")
          assert.deepInclude(yield* vault.secretId, { state: "ended" })
        }))

      it.effect("is not told by a policy of an earlier version, and all else works the same", () =>
        Effect.gen(function*() {
          const { bao, vault } = yield* withSecretId("earlier")
          const rule = (path: string, right: string) => `path "${path}" { capabilities = ["${right}"] }\n`
          yield* bao.ask("POST", "sys/policies/acl/mutt-programs", {
            policy: rule("secret/data/mutt/+", "read") + rule("secret/metadata/mutt/+", "read") +
              rule("auth/token/lookup-self", "read") + rule("auth/token/renew-self", "update")
          })
          assert.deepInclude(yield* Effect.flip(vault.secretId), { reason: "refused", status: 403 })
          const check = yield* checkOf(vault)
          const { detail = "", state } = yield* check
          assert.strictEqual(state, "ok")
          assert.include(detail, "policy is of an earlier version")
          yield* vault.read
        }))
    }
  )
})
