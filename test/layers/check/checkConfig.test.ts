import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { schemaSpan } from "../../../layers/postgres/migrationList.ts"
import { forServer, tlsFolder } from "../../support/certificates.ts"
import { moogStandIn } from "../../support/moogStandIn.ts"
import { s3StandIn } from "../../support/s3StandIn.ts"
import { postgresServer, redisServer } from "../../support/servers.ts"
import { bad, type Env, folder, fourPrograms, look } from "./look.ts"

const fileOf = (folder: string, name: string, secrets: Env, mode = 0o600) => {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(secrets))
  chmodSync(path, mode)
  return path
}

const long = "a-key-of-24-characters-x"

/** Nothing to complain of, for any of the four. */
const ready = (folder: string): Env => ({
  MUTT_SECRETS: "file",
  MUTT_SECRETS_FILE: fileOf(folder, "secrets.json", {
    REDIS_PASS: long,
    DB_USER: "mutt_app",
    DB_PASS: long,
    INGEST_API_KEY: long,
    MOOG_API_KEY: long
  }),
  MUTT_SECRETS_ADMIN_FILE: fileOf(folder, "admin.json", { ADMIN_API_KEY: long, SESSION_KEY: long + long }),
  SERVER_HOST: "127.0.0.1",
  REDIS_HOST: "redis.example.com",
  DB_HOST: "db.example.com",
  INGEST_DURABILITY: "replicated",
  MOOG_WEBHOOK_URL: "https://platform.example.com/events",
  SHUTDOWN_DRAIN_SECONDS: "5",
  CONFIG_LAST_KNOWN_GOOD: join(folder, "settings.json"),
  AUDIT_CHECKPOINT_FILE: join(folder, "checkpoints"),
  PROMETHEUS_URL: "https://prometheus.example.com",
  MUTT_CANARY_SECONDS: "60",
  MUTT_CANARY_URL: "https://ingestor.example.com"
})

describe("a program that looks at its environment", () => {
  it.effect("names every setting that it could not start with", () =>
    Effect.gen(function*() {
      const report = yield* look("moog-forwarder", { REDIS_PORT: "many", MOOG_WEBHOOK_URL: "http://elsewhere.example" })
      assert.deepStrictEqual(bad(report), [
        "settings: REDIS_PORT: Expected a finite number.",
        "settings: MOOG_WEBHOOK_URL: it must begin with https://, or MOOG_WEBHOOK_ALLOW_HTTP must be true."
      ])
    }))

  it.effect("names each secret that it lacks or cannot use, and shows none", () =>
    Effect.gen(function*() {
      const report = yield* look("ingestor", { REDIS_PASS: long, INGEST_API_KEY: "short" })
      assert.deepStrictEqual(bad(report), [
        "secrets: INGEST_API_KEY is shorter than 16 characters",
        "secrets: a key that lets senders in (INGEST_API_KEY, or API_KEY_INGEST_…) is not in the store"
      ])
      assert.notInclude(JSON.stringify(report), long)
    }))

  it.effect("refuses a file of secrets that others may read", () =>
    Effect.gen(function*() {
      const here = yield* folder
      const path = fileOf(here, "open.json", { REDIS_PASS: long, MOOG_API_KEY: long }, 0o644)
      const env = { ...ready(here), MUTT_SECRETS_FILE: path }
      assert.match(bad(yield* look("moog-forwarder", env)).join(), /^secrets: .*may be read by others \(mode 644\)/)
    }))

  it.effect("has nothing to say where all is as production wants it, whichever program it is", () =>
    Effect.gen(function*() {
      const env = ready(yield* folder)
      for (const program of fourPrograms) {
        assert.deepStrictEqual([program, ...bad(yield* look(program, env, { production: true }))], [program])
      }
    }))
})

describe("what production must have", () => {
  it.effect("is the list of INSTALL.md, and nothing else", () =>
    Effect.gen(function*() {
      const env = ready(yield* folder)
      const reports = yield* Effect.forEach(fourPrograms, (program) => look(program, env, { production: true }))
      const looked = new Set(reports.flatMap(({ findings }) => findings.map(({ item }) => item)))
      const [, list = ""] = readFileSync("docs/INSTALL.md", "utf8").split("| item | what production has |")
      const named = list.split("\n").flatMap((line) => /^\| (?!-)(.+?) \|/.exec(line)?.[1]?.split(", ") ?? [])
      assert.sameMembers(named, [...looked])
    }))

  const cases: ReadonlyArray<readonly [item: string, program: (typeof fourPrograms)[number], env: Env]> = [
    ["TLS to Redis", "alerter", { REDIS_TLS_ENABLED: "false" }],
    ["TLS to PostgreSQL", "alerter", { DB_TLS_ENABLED: "false" }],
    ["TLS of the listener", "alerter", { SERVER_HOST: "0.0.0.0" }],
    ["durability", "ingestor", { INGEST_DURABILITY: "local" }],
    ["persistence", "ingestor", { REDIS_PERSISTENCE: "warn" }],
    ["secret store", "web-ui", { MUTT_SECRETS_ADMIN_FILE: "" }],
    ["secret store", "alerter", { MUTT_SECRETS: "env", REDIS_PASS: long, DB_USER: "x", DB_PASS: long }],
    ["WEBUI_PLAIN_HTTP", "web-ui", { WEBUI_PLAIN_HTTP: "true" }],
    ["MOOG_WEBHOOK_ALLOW_HTTP", "moog-forwarder", { MOOG_WEBHOOK_ALLOW_HTTP: "true" }],
    ["platform", "moog-forwarder", { MOOG_WEBHOOK_URL: "http://127.0.0.1:9/events" }],
    ["restarts", "ingestor", { SHUTDOWN_DRAIN_SECONDS: "0" }],
    ["start without Redis", "alerter", { CONFIG_LAST_KNOWN_GOOD: "" }],
    ["audit checkpoints", "web-ui", { AUDIT_CHECKPOINT_FILE: "" }],
    ["monitoring", "web-ui", { PROMETHEUS_URL: "" }],
    ["canary", "web-ui", { MUTT_CANARY_SECONDS: "0" }],
    ["archive", "web-ui", { ARCHIVE_S3_ENDPOINT: "http://minio.example.com:9000" }],
    ["secrets", "web-ui", { ARCHIVE_S3_ENDPOINT: "https://s3.example.com" }],
    ["log level", "alerter", { LOG_LEVEL: "debug" }]
  ]
  it.effect.each(cases)("is missed where it is not: %s, %s", ([item, program, env]) =>
    Effect.gen(function*() {
      const wanted = Object.entries({ ...ready(yield* folder), ...env }).filter(([, value]) => value !== "")
      const { findings } = yield* look(program, Object.fromEntries(wanted), { production: true })
      const problems = findings.filter(({ ok }) => !ok)
      assert.include(problems.map((found) => found.item), item)
      assert.isTrue(problems.every(({ fix }) => fix !== undefined))
    }))

  it.effect("are keys that nobody guesses, and logins that outlive a restart", () =>
    Effect.gen(function*() {
      const here = yield* folder
      const admin = fileOf(here, "weak.json", { ADMIN_API_KEY: "only-18-characters" })
      const report = yield* look("web-ui", { ...ready(here), MUTT_SECRETS_ADMIN_FILE: admin }, { production: true })
      assert.deepStrictEqual(bad(report), [
        "keys: ADMIN_API_KEY is shorter than 24 characters, and may be guessed",
        "logins: without SESSION_KEY each replica seals with a key of its own: a restart ends every login"
      ])
    }))
})

describe("the servers of a program", () => {
  it.live("are tried when that is asked for: a password that is refused and a platform that answers", () =>
    Effect.gen(function*() {
      const redis = yield* redisServer()
      const moog = yield* moogStandIn({ apiKey: long })
      const env = {
        REDIS_HOST: redis.host,
        REDIS_PORT: String(redis.port),
        REDIS_USER: redis.user,
        REDIS_TLS_ENABLED: "false",
        MOOG_WEBHOOK_URL: moog.url,
        MOOG_API_KEY: long
      }
      const report = yield* look("moog-forwarder", { ...env, REDIS_PASS: redis.password }, { connect: true })
      assert.deepStrictEqual(bad(report), [])
      assert.includeMembers(report.findings.map(({ item }) => item), ["redis", "redis_rights", "platform answers"])
      const wrong = yield* look("moog-forwarder", { ...env, REDIS_PASS: "wrong" }, { connect: true })
      assert.include(bad(wrong), "redis: refused")
    }))

  it.live("are tried when that is asked for: a store that answers, a schema that is not there yet, and what to do", () =>
    Effect.gen(function*() {
      const [redis, postgres] = yield* Effect.all([redisServer(), postgresServer()], { concurrency: 2 })
      const { caFile } = yield* tlsFolder()
      const store = yield* s3StandIn({ tls: forServer() })
      const { findings } = yield* look("web-ui", {
        ARCHIVE_S3_ENDPOINT: store.url,
        ARCHIVE_S3_CA_FILE: caFile,
        ARCHIVE_S3_KEY: "standin:standin-secret",
        REDIS_HOST: redis.host,
        REDIS_PORT: String(redis.port),
        REDIS_USER: redis.user,
        REDIS_TLS_ENABLED: "false",
        REDIS_PASS: redis.password,
        DB_HOST: postgres.host,
        DB_PORT: String(postgres.port),
        DB_NAME: postgres.database,
        DB_TLS_ENABLED: "false",
        DB_USER: postgres.user,
        DB_PASS: postgres.password
      }, { connect: true })
      assert.deepInclude(findings, {
        item: "schema",
        ok: false,
        detail: `the schema is older than migration ${schemaSpan.needs}, which this program needs: run mutt migrate`,
        fix: "migrate with the release of the programs, as docs/UPGRADING.md says"
      })
      assert.deepInclude(findings, { item: "archive answers", ok: true, detail: `${store.url} answers (403)` })
    }))
})
