import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Logger, Redacted } from "effect"
import { execFile } from "node:child_process"
import { createHash, randomBytes } from "node:crypto"
import { writeFileSync } from "node:fs"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { Postgres } from "../../../layers/postgres/Postgres.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { SecretStore } from "../../../layers/secret/SecretStore.ts"
import { SecretStoreFile } from "../../../layers/secret/SecretStoreFile.ts"
import { validateSecrets } from "../../../layers/secret/validateSecrets.ts"
import { scramVerifier } from "../../../src/logic/scramVerifier.ts"
import { needs, onEachPostgres, onEachRedis } from "../../support/needs.ts"
import { openBao } from "../../support/openBao.ts"
import { postgresServer, redisServer } from "../../support/servers.ts"
import { type WorstSecret, worstSecrets } from "../../support/worstSecrets.ts"
import { connected, postgresAdmin, redisAdmin } from "../connections.ts"
import { built, rotatorVault } from "../vault/vaults.ts"

const candidate = ({ value }: WorstSecret) => ({ slot: "NEXT", value: Redacted.make(value), fingerprint: "" }) as const
const problemOf = (name: string, { value }: WorstSecret) =>
  validateSecrets(new Map(), new Map([[name, Redacted.make(value)]])).problems.get(name)
/** Each under a name that any store takes. */
const named = (secrets: ReadonlyArray<WorstSecret>) =>
  Object.fromEntries(secrets.map(({ value }, i) => [`API_KEY_VIEWER_W${i}`, value]))
const wellFormed = worstSecrets.filter(({ value }) => value.isWellFormed())
const usable = worstSecrets.filter(({ never }) => never !== true)

layer(Layer.merge(NodeServices.layer, Logger.layer([])), { excludeTestServices: true })(
  "the worst secrets",
  (it) => {
    it.effect("are refused where they cannot be used, and nowhere else", () =>
      Effect.sync(() => {
        for (const secret of worstSecrets) {
          const { name, never, prepared } = secret
          assert.strictEqual(problemOf("REDIS_PASS", secret) !== undefined, never === true, name)
          assert.strictEqual(problemOf("DB_PASS_NEXT", secret) !== undefined, (never ?? prepared) === true, name)
        }
        assert.isAtLeast(worstSecrets.length, 50)
      }))

    onEachPostgres((version) => {
      it.effect(`log in to PostgreSQL ${version}, by our verifier and by a password in clear`, () =>
        Effect.gen(function*() {
          const server = yield* postgresServer({ version })
          const admin = yield* postgresAdmin(server)
          const { postgres } = yield* connected(
            { postgres: { port: server.port, database: server.database } },
            { DB_USER: server.user, DB_PASS: server.password }
          )
          const { prove } = yield* Effect.provide(Postgres, yield* Layer.build(postgres))
          const setTo = (text: string) =>
            admin.unsafe(`ALTER ROLE ${server.user} PASSWORD E'${text.replaceAll(/['\\]/g, "\\$&")}'`)
          const outcome = (secret: WorstSecret) =>
            prove(candidate(secret)).pipe(
              Effect.match({ onSuccess: () => "in", onFailure: ({ reason }) => reason })
            )
          for (const secret of usable) {
            yield* setTo(scramVerifier(secret.value, randomBytes(16)))
            assert.strictEqual(yield* outcome(secret), "in", `${secret.name}, verifier`)
            yield* setTo(secret.value)
            const wanted = secret.prepared === true || secret.looksHashed === true ? "refused" : "in"
            assert.strictEqual(yield* outcome(secret), wanted, `${secret.name}, in clear`)
          }
        }))
    })

    onEachRedis((flavour) => {
      it.effect(`log in to ${flavour}`, () =>
        Effect.gen(function*() {
          const server = yield* redisServer({ flavour })
          const admin = yield* redisAdmin(server)
          const { redis } = yield* connected(
            { redis: { port: server.port, username: server.user } },
            { REDIS_PASS: server.password }
          )
          const { prove } = yield* Effect.provide(Redis, yield* Layer.build(redis))
          for (const secret of usable) {
            const hash = createHash("sha256").update(secret.value).digest("hex")
            yield* admin.command("ACL", "SETUSER", server.user, "resetpass", `#${hash}`)
            yield* prove(candidate(secret)).pipe(
              Effect.mapError(({ detail }) => new Error(`${secret.name}: ${detail}`))
            )
          }
        }))
    })

    it.effect("come out of a file as they went in", () =>
      Effect.gen(function*() {
        const folder = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
        const path = `${folder}/secrets.json`
        writeFileSync(path, JSON.stringify(named(worstSecrets)), { mode: 0o600 })
        const store = yield* Effect.provide(SecretStore, yield* Layer.build(SecretStoreFile(path)))
        const read = [...yield* store.read].map(([name, value]) => [name, Redacted.value(value)])
        assert.deepStrictEqual(Object.fromEntries(read), named(worstSecrets))
      }))

    needs(["OpenBao", "curl"], () => {
      it.effect("come out of Vault as they went in, by our writer and by vault-init.sh", () =>
        Effect.gen(function*() {
          const bao = yield* openBao("memory")
          const vault = yield* built(yield* rotatorVault(bao))
          const values = named(wellFormed)
          const { version } = yield* vault.read
          yield* vault.write(
            new Map(Object.entries(values).map(([name, value]) => [name, Redacted.make(value)])),
            version
          )
          const read = [...(yield* vault.read).values].map(([name, value]) => [name, Redacted.value(value)])
          assert.deepStrictEqual(Object.fromEntries(read), values)

          const file = bao.file("values.json")
          writeFileSync(file, JSON.stringify(values), { mode: 0o600 })
          const said = yield* bao.init("--mount", "worst", "--values", file, "--show")
          const answer = yield* bao.ask("GET", "worst/data/mutt/prod")
          for (const [name, value] of Object.entries(values)) {
            assert.strictEqual(bao.find(answer, name), value, name)
            if (value.length > 8) assert.notInclude(said, value)
          }
        }))
    })

    it.effect("come out of the environment as they went in, where the system takes them", () =>
      Effect.gen(function*() {
        const values = named(wellFormed.filter(({ value }) => !value.includes("\0")))
        const text = yield* Effect.callback<string, Error>((resume) => {
          const script = fileURLToPath(new URL("printSecrets.ts", import.meta.url))
          execFile(process.execPath, [script], { env: values, maxBuffer: 1e7 }, (error, stdout) => {
            resume(error === null ? Effect.succeed(stdout) : Effect.fail(error))
          })
        })
        assert.deepStrictEqual(Object.fromEntries(JSON.parse(text)), values)
      }))
  }
)
