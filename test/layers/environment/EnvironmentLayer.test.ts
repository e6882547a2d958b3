import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Context, Effect, FileSystem, Layer } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import { EnvironmentLayer, EnvironmentLayerWith } from "../../../layers/environment/EnvironmentLayer.ts"
import { defaultConnectionLimits } from "../../../layers/environment/httpSettings.ts"
import { requiredSetting, setting } from "../../../layers/environment/setting.ts"
import { serversText } from "../../../layers/postgres/PostgresConnection.ts"
import type { Program } from "../../../src/domain/Settings.ts"

const from = (env: Readonly<Record<string, string>>) =>
  Layer.merge(ConfigProvider.layer(ConfigProvider.fromEnvRecord(env)), NodeServices.layer)

const read = (program: Program, env: Readonly<Record<string, string>>) =>
  Environment.pipe(Effect.provide(EnvironmentLayer(program).pipe(Layer.provide(from(env))), { local: true }))

class Own extends Context.Service<Own, { readonly url: string; readonly timeoutMs: number }>()("test/Own") {}
const own = {
  url: requiredSetting("MOOG_WEBHOOK_URL", Config.NonEmptyString),
  timeoutMs: setting("MOOG_WEBHOOK_TIMEOUT_MS", Config.Int, 10_000)
}

describe("StaticConfigLayer", () => {
  it.effect("needs nothing: every setting has a default, TLS is on", () =>
    Effect.gen(function*() {
      const config = yield* read("alerter", {})
      assert.deepStrictEqual(config.http, {
        host: "127.0.0.1",
        port: 8081,
        limits: defaultConnectionLimits,
        url: undefined,
        drainMs: 0
      })
      assert.deepStrictEqual([config.redis.tls, config.postgres.tls], [true, true])
      assert.deepStrictEqual([config.redis.port, config.postgres.port], [6379, 5432])
      assert.strictEqual(config.queueName, "mutt:{ingest}")
      assert.match(config.instance, /^alerter-[0-9a-f]{6}$/)
      assert.deepStrictEqual(config.secrets, { kind: "env", path: undefined, vault: undefined })
    }))

  it.effect("listens on this machine alone, but for the intake, unless it is told otherwise", () =>
    Effect.gen(function*() {
      const programs = ["ingestor", "alerter", "moog-forwarder", "web-ui"] as const
      const hosts = (env: Readonly<Record<string, string>>) =>
        Effect.forEach(programs, (program) => Effect.map(read(program, env), ({ http }) => http.host))
      assert.deepStrictEqual(yield* hosts({}), ["0.0.0.0", "127.0.0.1", "127.0.0.1", "127.0.0.1"])
      assert.deepStrictEqual(yield* hosts({ SERVER_HOST: "::" }), ["::", "::", "::", "::"])
    }))

  it.effect("wants a certificate with its key, and an authority where clients must show theirs", () =>
    Effect.gen(function*() {
      const both = { SERVER_TLS_CERT_FILE: "/etc/mutt/tls.crt", SERVER_TLS_KEY_FILE: "/etc/mutt/tls.key" }
      const { shown, tls } = yield* read("alerter", both)
      assert.deepInclude(tls, { certFile: "/etc/mutt/tls.crt", clientAuth: "optional", reloadMs: 5_000, warnDays: 14 })
      assert.notInclude(JSON.stringify(shown), "tls.key")
      const wrong = [
        [{ SERVER_TLS_CERT_FILE: "/c" }, "SERVER_TLS_KEY_FILE is not set"],
        [{ SERVER_TLS_KEY_FILE: "/k" }, "SERVER_TLS_CERT_FILE is not set"],
        [{ SERVER_TLS_CLIENT_CA_FILE: "/ca" }, "SERVER_TLS_CERT_FILE is not set"],
        [{ ...both, SERVER_TLS_CLIENT_AUTH: "required" }, "SERVER_TLS_CLIENT_CA_FILE is not set"],
        [{ ...both, SERVER_TLS_CLIENT_AUTH: "perhaps" }, "SERVER_TLS_CLIENT_AUTH"]
      ] as const
      for (const [env, problem] of wrong) assert.include((yield* Effect.flip(read("alerter", env))).message, problem)
    }))

  it.effect("gives each program its own port", () =>
    Effect.gen(function*() {
      const ports = {
        SERVER_PORT_INGESTOR: "1",
        METRICS_PORT_ALERTER: "2",
        METRICS_PORT_MOOG: "3",
        SERVER_PORT_WEBUI: "4"
      }
      const programs = ["ingestor", "alerter", "moog-forwarder", "web-ui"] as const
      const configs = yield* Effect.forEach(programs, (program) => read(program, ports))
      assert.deepStrictEqual(configs.map(({ http }) => http.port), [1, 2, 3, 4])
    }))

  it.effect("names every problem at once", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(read("web-ui", {
        DB_PORT: "many",
        REDIS_PORT: "70000",
        DB_POOL_MAX_CONN: "1",
        REDIS_TLS_ENABLED: "perhaps",
        DB_TLS_CA_CERT_PATH: "/no/such/file",
        MUTT_SECRETS: "file"
      }))
      assert.strictEqual(error._tag, "StaticConfigInvalid")
      if (error._tag !== "StaticConfigInvalid") return
      const names = error.problems.map((problem) => problem.split(/[: ]/)[0]).sort()
      assert.deepStrictEqual(names, [
        "DB_POOL_MAX_CONN",
        "DB_PORT",
        "DB_TLS_CA_CERT_PATH",
        "MUTT_SECRETS_FILE",
        "REDIS_PORT",
        "REDIS_TLS_ENABLED"
      ])
      for (const problem of error.problems) assert.include(error.message, problem)
    }))

  it.effect("finds Redis through sentinels or in a cluster, and says what is wrong with the way", () =>
    Effect.gen(function*() {
      const sentinels = { REDIS_SENTINELS: "one.example:26379, [::1]:26380", REDIS_SENTINEL_MASTER: "mutt" }
      const behind = (yield* read("alerter", sentinels)).redis
      assert.deepStrictEqual(behind.sentinels, {
        master: "mutt",
        nodes: [{ host: "one.example", port: 26_379 }, { host: "::1", port: 26_380 }]
      })
      const cluster = { REDIS_CLUSTER_NODES: "a:1,b:65535" }
      const within = (yield* read("alerter", cluster)).redis
      assert.deepStrictEqual(within.cluster, [{ host: "a", port: 1 }, { host: "b", port: 65_535 }])
      assert.deepStrictEqual([within.sentinels, behind.cluster], [undefined, undefined])

      const wrong = [
        [{ ...sentinels, ...cluster }, "both set"],
        [{ REDIS_SENTINELS: "a:1" }, "REDIS_SENTINEL_MASTER is not set"],
        [{ REDIS_SENTINEL_MASTER: "mutt" }, "REDIS_SENTINELS is not set"],
        [{ REDIS_CLUSTER_NODES: Array.from({ length: 101 }, (_, n) => `a:${n + 1}`).join(",") }, "at most 100 nodes"],
        ...["a", "a:", ":1", "a:0", "a:65536", "a:1,", "a b:1", "::1:6379", "redis://a:1"].map((text) =>
          [{ REDIS_CLUSTER_NODES: text }, "REDIS_CLUSTER_NODES: Expected host:port"] as const
        )
      ] as const
      for (const [env, problem] of wrong) assert.include((yield* Effect.flip(read("alerter", env))).message, problem)
    }))

  it.effect("finds PostgreSQL among several servers, and takes one way to it", () =>
    Effect.gen(function*() {
      const { postgres, shown } = yield* read("alerter", { DB_HOSTS: "db-1.example:5432, [::1]:5433" })
      assert.deepStrictEqual(postgres.hosts, [{ host: "db-1.example", port: 5432 }, { host: "::1", port: 5433 }])
      assert.strictEqual(serversText(postgres), "db-1.example:5432,[::1]:5433")
      assert.strictEqual(shown["DB_HOST"], undefined)
      const alone = yield* read("alerter", {})
      assert.deepInclude(alone.postgres, { host: "localhost", port: 5432, hosts: undefined, syncStandbys: 0 })
      assert.deepInclude(alone.shown, { DB_HOST: "localhost", DB_PORT: 5432 })

      const wrong = [
        [{ DB_HOSTS: "a:1", DB_HOST: "b" }, "DB_HOSTS is set, and DB_HOST too"],
        [{ DB_HOSTS: "a:1", DB_HOST: "b", DB_PORT: "2" }, "DB_HOSTS is set, and DB_HOST and DB_PORT too"],
        [{ DB_HOSTS: "a" }, "DB_HOSTS: Expected host:port"]
      ] as const
      for (const [env, problem] of wrong) assert.include((yield* Effect.flip(read("alerter", env))).message, problem)
    }))

  it.effect("wants a whole way to Vault, sends it no secret in the clear, and shows nobody the way", () =>
    Effect.gen(function*() {
      const whole = { MUTT_SECRETS: "vault", VAULT_ROLE_ID: "role", VAULT_SECRET_ID_FILE: "/run/secret-id" }
      const config = yield* read("alerter", { ...whole, VAULT_ADDR: "https://vault.example.com" })
      assert.deepInclude(config.secrets.vault, { roleId: "role", mount: "secret", path: "secret/mutt/prod" })
      assert.notInclude(JSON.stringify(config.shown), "role")
      assert.notInclude(JSON.stringify(config.shown), "secret-id")
      for (const VAULT_ADDR of ["http://vault.example.com", "vault.example.com:8200", ""]) {
        assert.include((yield* Effect.flip(read("alerter", { ...whole, VAULT_ADDR }))).message, "VAULT_ADDR")
      }
      const error = yield* Effect.flip(read("alerter", { MUTT_SECRETS: "vault" }))
      for (const name of ["VAULT_ADDR", "VAULT_ROLE_ID", "VAULT_SECRET_ID_FILE"]) assert.include(error.message, name)
    }))

  it.effect("wants of each way to log in to Vault what belongs to it", () =>
    Effect.gen(function*() {
      const common = { MUTT_SECRETS: "vault", VAULT_ADDR: "https://vault.example.com" }
      const kubernetes = yield* read("alerter", { ...common, VAULT_AUTH: "kubernetes", VAULT_K8S_ROLE: "mutt" })
      assert.deepInclude(kubernetes.secrets.vault, {
        auth: "kubernetes",
        role: "mutt",
        tokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token"
      })
      const files = { VAULT_CLIENT_CERT: "/tls/tls.crt", VAULT_CLIENT_KEY: "/tls/tls.key" }
      const cert = yield* read("alerter", { ...common, VAULT_AUTH: "cert", ...files })
      assert.deepInclude(cert.secrets.vault, { auth: "cert", certFile: "/tls/tls.crt", role: undefined })
      for (
        const [env, problem] of [
          [{ VAULT_AUTH: "kubernetes" }, "VAULT_K8S_ROLE is not set, and VAULT_AUTH=kubernetes needs it."],
          [{ VAULT_AUTH: "cert" }, "VAULT_CLIENT_KEY is not set, and VAULT_AUTH=cert needs it."],
          [{ VAULT_AUTH: "cert", ...files, VAULT_ADDR: "http://127.0.0.1:8200" }, "VAULT_ADDR must be an https URL"],
          [{ VAULT_AUTH: "token" }, "VAULT_AUTH"]
        ] as const
      ) assert.include((yield* Effect.flip(read("alerter", { ...common, ...env }))).message, problem)
    }))

  it.effect("does not take a malformed value for a missing one", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(read("ingestor", { SERVER_PORT_INGESTOR: "80.5" }))
      assert.include(error.message, "SERVER_PORT_INGESTOR: Expected a whole number from 0 to 65535")
    }))

  it.effect("adds a program's own settings, and their problems, to the list", () =>
    Effect.gen(function*() {
      const layer = (env: Readonly<Record<string, string>>) =>
        EnvironmentLayerWith("moog-forwarder", Own, own).pipe(Layer.provide(from(env)))
      const error = yield* Effect.flip(
        Effect.provide(Own, layer({ DB_PORT: "x", MOOG_WEBHOOK_TIMEOUT_MS: "soon" }), { local: true })
      )
      assert.strictEqual(error._tag === "StaticConfigInvalid" && error.problems.length, 3)
      assert.include(error.message, "MOOG_WEBHOOK_URL is not set.")

      yield* Effect.gen(function*() {
        const config = yield* Environment
        assert.deepStrictEqual(yield* Own, { url: "https://moog.test/", timeoutMs: 10_000 })
        assert.strictEqual(config.shown["MOOG_WEBHOOK_URL"], "https://moog.test/")
      }).pipe(Effect.provide(layer({ MOOG_WEBHOOK_URL: "https://moog.test/" }), { local: true }))
    }))

  it.effect("shows what is in force and no secret", () =>
    Effect.gen(function*() {
      const { shown } = yield* read("ingestor", { DB_PASS_CURRENT: "hunter2", DB_HOST: "db.test", POD_NAME: "pod-7" })
      assert.strictEqual(shown["DB_HOST"], "db.test")
      assert.strictEqual(shown["POD_NAME"], "pod-7")
      assert.strictEqual(shown["SERVER_PORT_INGESTOR"], 8080)
      assert.notInclude(JSON.stringify(shown), "hunter2")
    }))

  it.effect("names a process after its program, with six hexadecimal digits, where no name is given", () =>
    Effect.gen(function*() {
      const { instance } = yield* read("ingestor", {})
      assert.match(instance, /^ingestor-[0-9a-f]{6}$/)
    }))

  it.effect("reads booleans in any case, as they were written before", () =>
    Effect.gen(function*() {
      const config = yield* read("alerter", { REDIS_TLS_ENABLED: "False", DB_TLS_ENABLED: "OFF" })
      assert.deepStrictEqual([config.redis.tls, config.postgres.tls], [false, false])
    }))

  it.effect("accepts a CA file that can be read", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const path = yield* files.makeTempFileScoped()
      const config = yield* read("alerter", { REDIS_CA_CERT_PATH: path })
      assert.strictEqual(config.redis.caPath, path)
    }).pipe(Effect.provide(NodeServices.layer)))
})
