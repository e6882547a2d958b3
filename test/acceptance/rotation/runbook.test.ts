import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer, type Scope } from "effect"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type FourPrograms, fourPrograms } from "../../support/fourPrograms.ts"
import { needs } from "../../support/needs.ts"
import { openBao } from "../../support/openBao.ts"
import { type Accounts, makeAccounts } from "./Accounts.ts"
import { blocks, commands, marks, operatorTools, perform, variables } from "./Runbook.ts"
import { passwordNames } from "./SecretFile.ts"
import { timeToReady } from "./World.ts"

interface OperatorWorld {
  readonly four: FourPrograms
  readonly accounts: Accounts
  /** Runs what stands in the runbook under these marks, after what makes `get` and `put`. */
  readonly follow: (marks: ReadonlyArray<string>, input?: string) => Effect.Effect<string>
  /** Runs a command of the test's own, with the runbook's words. */
  readonly say: (text: string) => Effect.Effect<string>
}

class Operator extends Context.Service<Operator, OperatorWorld>()("test/acceptance/rotation/Operator") {}

const scratch = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-operator-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** A Vault with the secrets of the file in it: what the programs are told, and what the operator sets. */
const vault = (secretsFile: string) =>
  Effect.gen(function*() {
    const bao = yield* openBao("memory")
    const files = ["--secret-id-file", bao.file("secret-id"), "--rotator-file", bao.file("rotator")]
    const said = yield* bao.init("--values", secretsFile, ...files)
    const roleId = (role: string) => new RegExp(`role ${role}: role_id (\\S+)`).exec(said)?.[1] ?? ""
    const login = yield* bao.ask("POST", "auth/approle/login", {
      role_id: roleId("mutt-rotator"),
      secret_id: readFileSync(bao.file("rotator"), "utf8").trim()
    })
    const path = "secret/mutt/prod"
    return {
      programs: {
        MUTT_SECRETS: "vault",
        VAULT_ADDR: bao.url,
        VAULT_ROLE_ID: roleId("mutt"),
        VAULT_SECRET_ID_FILE: bao.file("secret-id"),
        VAULT_SECRETS_PATH: path,
        VAULT_ROTATOR_ROLE_ID: roleId("mutt-rotator"),
        VAULT_ROTATOR_SECRET_ID_FILE: bao.file("rotator")
      },
      operator: { VAULT_ADDR: bao.url, VAULT_TOKEN: bao.find(login, "client_token"), VAULT_SECRETS_PATH: path }
    }
  })

const operator = (store: "file" | "vault"): Effect.Effect<OperatorWorld, never, Scope.Scope> =>
  Effect.gen(function*() {
    const folder = yield* scratch
    let vaultSettings: Readonly<Record<string, string>> = {}
    const four = yield* fourPrograms({
      settings: { DB_CONNECTION_TTL_SECONDS: "1", JANITOR_INTERVAL: "1", MOOG_RETRY_BASE_DELAY: "0.2" },
      ...(store === "file" ? {} : {
        secretStore: (file: string) =>
          Effect.map(vault(file), ({ operator, programs }) => {
            vaultSettings = operator
            return programs
          })
      })
    })
    const admin = new URL(four.postgres.adminUrl)
    const settings = {
      MUTT_URL: four.programs["web-ui"].url,
      INGESTOR_URL: four.programs.ingestor.url,
      MUTT_API_KEY: four.keys.admin,
      DB_USER: four.postgres.user,
      REDIS_USER: four.redis.user,
      PGHOST: four.postgres.host,
      PGPORT: String(four.postgres.port),
      PGDATABASE: four.postgres.database,
      PGUSER: admin.username,
      PGPASSWORD: decodeURIComponent(admin.password),
      REDIS_NODES: `${four.redis.host}:${four.redis.port}`,
      REDIS_ADMIN: "default",
      REDISCLI_AUTH: decodeURIComponent(new URL(four.redis.adminUrl).password),
      REDIS_TLS: "",
      ...(store === "file" ? { MUTT_SECRETS_FILE: four.secretsFile } : vaultSettings)
    }
    const told = variables()
    for (const name of Object.keys(settings)) assert.isTrue(told.has(name), `the runbook does not name ${name}`)
    const env = { HOME: folder, PATH: yield* operatorTools(join(folder, "bin")), ...settings }
    const words = commands(`${store}-store`, "words")
    return {
      four,
      accounts: yield* makeAccounts(four),
      follow: (marks: ReadonlyArray<string>, input?: string) =>
        Effect.orDie(perform(`${words}\n${commands(...marks)}`, env, input)),
      say: (text: string) => Effect.orDie(perform(`${words}\n${text}`, env))
    }
  }).pipe(Effect.orDie)

/** With all sessions cut, everybody gets in again: the store and the servers agree. */
const everybodyGetsIn = Effect.gen(function*() {
  const { accounts, four } = yield* Operator
  yield* accounts.cut
  for (const program of Object.values(four.programs)) {
    assert.isDefined(yield* timeToReady(program, 30_000), `${program.instance} is not ready`)
  }
})

const slots = (name: string) =>
  Effect.gen(function*() {
    const { say } = yield* Operator
    return (yield* say(`printf '%s %s' "$(get ${name}_CURRENT)" "$(get ${name}_NEXT)"`)).split(" ")
  })

const runbookWith = (store: "file" | "vault") =>
  describe(`the runbook, with the store ${store}`, () => {
    layer(Layer.effect(Operator, operator(store)), { excludeTestServices: true })((it) => {
      it.effect("finds MUTT ready", () =>
        Effect.gen(function*() {
          const { follow } = yield* Operator
          assert.include(yield* follow(["check"]), "\"status\":\"ready\"")
        }))

      for (
        const [name, mark, seen, step5] of [
          ["DB_PASS", "postgres", /mutt_app/, "pg_stat_activity"],
          ["REDIS_PASS", "redis", /PONG/, "CLIENT LIST"]
        ] as const
      ) {
        it.effect(`rotates ${name} by hand`, () =>
          Effect.gen(function*() {
            const { follow, four, say } = yield* Operator
            const [old = ""] = yield* slots(name)
            const said = yield* follow([mark])
            assert.match(said, seen)
            // An instance may be between two sessions when the operator looks, so the operator looks again.
            const look = blocks(mark).find((text) => text.includes(step5)) ?? ""
            const sees = (said: string) => /alerter-1.*g\d|alerter:alerter-1:g\d/.test(said)
            if (!sees(said)) yield* Effect.repeat(say(look), { until: sees })
            const [current, next] = yield* slots(name)
            assert.match(current ?? "", /^[0-9a-f]{48}$/)
            assert.strictEqual(next, "")
            assert.notInclude(said + readFileSync(four.postgres.log, "utf8"), current ?? "?")
            assert.notInclude(said, old)
            yield* everybodyGetsIn
          }))

        if (store === "vault") continue
        // What follows is the same whatever `get` and `put` are.
        it.effect(`takes a rotation of ${name} back`, () =>
          Effect.gen(function*() {
            const { follow, say } = yield* Operator
            const [old] = yield* slots(name)
            const [stage = "", apply = ""] = blocks(mark)
            yield* say(stage + apply)
            const [, next = ""] = yield* slots(name)
            assert.match(next, /^[0-9a-f]{48}$/)
            yield* everybodyGetsIn
            yield* follow([`${mark}-back`])
            assert.deepStrictEqual(yield* slots(name), [old, ""])
            yield* everybodyGetsIn
          }))
      }

      it.effect("rotates both passwords by the controller, all at once", () =>
        Effect.gen(function*() {
          const { accounts, follow } = yield* Operator
          const old = { DB_PASS: yield* slots("DB_PASS"), REDIS_PASS: yield* slots("REDIS_PASS") }
          const said = yield* follow(["mutt", "auto"])
          for (const name of passwordNames) {
            assert.include(said, `${name} is STEADY: completed.`)
            const [current = "", next] = yield* slots(name)
            assert.notStrictEqual(current, old[name][0])
            assert.strictEqual(next, "")
            assert.isTrue(yield* accounts.letsIn(name, current))
            assert.isFalse(yield* accounts.letsIn(name, old[name][0] ?? ""))
            assert.notInclude(said, current)
          }
          yield* everybodyGetsIn
        }))

      if (store === "vault") return
      it.effect("rotates a password by the controller, step by step, and back again", () =>
        Effect.gen(function*() {
          const { follow } = yield* Operator
          const [old] = yield* slots("DB_PASS")
          const said = yield* follow(["mutt", "steps"])
          for (const state of ["STAGED", "APPLIED", "VERIFIED", "PROMOTED", "DRAINED", "STEADY"]) {
            assert.match(said, new RegExp(`DB_PASS is ${state}\\b`))
          }
          assert.match(said, /alerter-1 .*CURRENT [0-9a-f]{8} NEXT [0-9a-f]{8}/)
          const [current] = yield* slots("DB_PASS")
          assert.notStrictEqual(current, old)
          assert.include(yield* follow(["mutt", "rollback"]), "DB_PASS is STEADY: rolled_back.")
          assert.deepStrictEqual(yield* slots("DB_PASS"), [current, ""])
          yield* everybodyGetsIn
        }))

      it.effect("rotates the key of those who send events by the controller", () =>
        Effect.gen(function*() {
          const { follow, four } = yield* Operator
          yield* follow(["mutt", "controller-key"])
          const [key = ""] = yield* slots("INGEST_API_KEY")
          assert.notStrictEqual(key, four.keys.ingest)
          const status = (key: string) =>
            Effect.promise(() => fetch(`${four.programs.ingestor.url}/admin/config`, { headers: { "x-api-key": key } }))
          yield* Effect.repeat(status(key), { until: ({ ok }) => ok })
          assert.isTrue((yield* status(four.keys.ingest)).ok)
          yield* follow(["mutt", "controller-key-retire"])
          yield* Effect.repeat(status(four.keys.ingest), { until: ({ ok }) => !ok })
          assert.isTrue((yield* status(key)).ok)
          assert.deepStrictEqual(yield* slots("INGEST_API_KEY"), [key, ""])
        }))

      it.effect("rotates the key of those who send events by hand", () =>
        Effect.gen(function*() {
          const { follow, four } = yield* Operator
          const [old = ""] = yield* slots("INGEST_API_KEY")
          yield* follow(["key"])
          const [key = ""] = yield* slots("INGEST_API_KEY")
          const send = (key: string) =>
            Effect.promise(() =>
              fetch(`${four.programs.ingestor.url}/api/v2/ingest`, {
                method: "POST",
                headers: { "x-api-key": key, "content-type": "application/json" },
                body: JSON.stringify({ hostname: "core1", message: "hello" })
              })
            )
          assert.strictEqual((yield* send(key)).status, 200)
          yield* Effect.repeat(send(old), { until: ({ status }) => status === 401 })
        }))

      it.effect("rotates the key of the platform by hand", () =>
        Effect.gen(function*() {
          const { follow, four, say } = yield* Operator
          const { keys, moog, programs } = four
          // The platform takes this key alone; the one that the programs have was revoked.
          yield* say("printf 'a-revoked-key' | put MOOG_API_KEY_CURRENT; empty | put MOOG_API_KEY")
          yield* follow(["moog"], moog.apiKey)
          yield* follow(["moog-promote"])
          const [key] = yield* slots("MOOG_API_KEY")
          assert.strictEqual(key, moog.apiKey)
          const [ingest = keys.ingest] = yield* slots("INGEST_API_KEY")
          yield* Effect.promise(() =>
            fetch(`${programs.ingestor.url}/api/v2/ingest`, {
              method: "POST",
              headers: { "x-api-key": ingest, "content-type": "application/json" },
              body: JSON.stringify({ hostname: "core1", message: "%LINK-3-UPDOWN: LINK-DOWN", severity: "err" })
            })
          )
          yield* Effect.repeat(moog.received(), { until: ({ count }) => count > 0 })
        }))
    })
  })

needs(["psql", "redisCli", "curl"], () => {
  runbookWith("file")
  needs(["OpenBao"], () => runbookWith("vault"))
})

describe("the runbook", () => {
  it("has no commands that are not run here", () => {
    const run = [
      "check",
      "file-store",
      "vault-store",
      "words",
      "postgres",
      "redis",
      "key",
      "moog",
      "moog-promote",
      "mutt",
      "auto",
      "steps",
      "rollback",
      "controller-key",
      "controller-key-retire",
      "postgres-back",
      "redis-back"
    ]
    assert.deepStrictEqual([...marks()].sort(), run.sort())
  })
})
