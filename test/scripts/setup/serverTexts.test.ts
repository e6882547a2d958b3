import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { join } from "node:path"
import { runWith } from "../../../scripts/command-line/Script.ts"
import { options, setupOf, type SetupOptions, standard } from "../../../scripts/setup/options.ts"
import { run } from "../../../scripts/stack/Command.ts"
import { repository } from "../../../scripts/stack/Paths.ts"
import { clientTool } from "../../../scripts/stack/Tools.ts"
import { needs, onEachRedis } from "../../support/needs.ts"
import { postgresServer, redisServer } from "../../support/servers.ts"

const passwords = {
  DB_PASS_CURRENT: "the programs' one",
  DB_OWNER_PASS: "the owner's one",
  REDIS_PASS_CURRENT: "redis-programs",
  REDIS_ADMIN_PASS: "redis-administrator"
}

const setUp = (env: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  Effect.callback<{ readonly code: number; readonly out: string }>((resume) => {
    execFile(
      process.execPath,
      [join(repository, "scripts/setup-servers.ts"), ...args],
      { env: { PATH: process.env["PATH"], ...env } },
      (error, stdout, stderr) =>
        resume(Effect.succeed({ code: typeof error?.code === "number" ? error.code : 0, out: stdout + stderr }))
    )
  })

const texts = (env: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  Effect.map(
    setUp(env, "--json", ...args),
    ({ out }): { readonly postgres: string; readonly redis: string } => JSON.parse(out)
  )

describe("npm run setup-servers", () => {
  it.live("prints no password, given or not, and what is left to the administrator fails until it is done", () =>
    Effect.gen(function*() {
      const given = (yield* setUp(passwords)).out
      for (const password of Object.values(passwords)) assert.notInclude(given, password)
      const { out } = yield* setUp({})
      assert.include(out, "\\password mutt_app")
      assert.match(out, /ACL SETUSER mutt_app #SHA-256-OF-THE-PASSWORD on /)
      assert.notInclude((yield* texts({}, "--redis-version", "7.0")).redis, "waitaof")
    }))

  it.effect("refuses names that would need quotes, and one account for two purposes", () =>
    Effect.gen(function*() {
      for (const args of [["--user", "a b"], ["--user", "x;DROP"]]) {
        yield* Effect.flip(runWith(options, args, () => Effect.die(args.join(" "))))
      }
      const sameAs = (purpose: Partial<SetupOptions>) => setupOf({ ...standard, redisVersion: "7.2", ...purpose })
      assert.isString(sameAs({ redisAdmin: standard.user }))
      const { code, out } = yield* setUp({}, "--owner", "mutt_app")
      assert.strictEqual(code, 2)
      assert.include(out, "--user and --owner must differ")
      assert.notMatch(out, /^ {4}at /m)
    }))

  needs(
    ["redisCli"],
    () =>
      onEachRedis((flavour) =>
        it.live(`its commands make the users, on ${flavour}`, () =>
          Effect.gen(function*() {
            const { adminUrl, port } = yield* redisServer({ flavour })
            const cli = yield* clientTool("redisCli")
            const say = (user: string, password: string, input: string) =>
              run(cli.bin, ["-p", String(port), "--no-auth-warning"], {
                libraries: cli.libraries,
                input: `AUTH ${user} ${password}\n${input}`
              })
            const version = flavour === "redis" ? ["--redis-version", "7.0"] : []
            const names = ["--user", "app2", "--redis-admin", "admin2", "--queue", "my [queue]"]
            const { redis } = yield* texts(passwords, ...version, ...names)
            const admin = new URL(adminUrl).password
            assert.deepStrictEqual((yield* say("default", admin, redis)).trim().split("\n"), ["OK", "OK", "OK", "OK"])
            const asApp = yield* say(
              "app2",
              passwords.REDIS_PASS_CURRENT,
              `HSET "{my [queue]}:books" a 1\nHSET other a 1\n`
            )
            assert.match(asApp, /^OK\s1\s(?:\(error\) )?NOPERM/)
            const asAdmin = yield* say("admin2", passwords.REDIS_ADMIN_PASS, "ACL SETUSER app2 >next\nHGET other a\n")
            assert.match(asAdmin, /^OK\sOK\s(?:\(error\) )?NOPERM/)
            const asked = yield* say("default", admin, (yield* texts({}, ...version)).redis)
            assert.match(asked, /Error in ACL SETUSER modifier '#SHA-256-OF-THE-PASSWORD'/)
          }))
      )
  )

  needs(
    ["psql"],
    () =>
      it.live("its SQL makes the roles and the database, and mutt migrate the rest", () =>
        Effect.gen(function*() {
          const { adminUrl, host, port } = yield* postgresServer()
          const psql = yield* clientTool("psql")
          const as = (url: string, input: string) =>
            run(psql.bin, ["-X", "-At", "-v", "ON_ERROR_STOP=1", url], { libraries: psql.libraries, input })
          const names = ["--user", "app2", "--owner", "owner2", "--database", "db2"]
          const { postgres } = yield* texts(passwords, ...names)
          yield* as(adminUrl, postgres)
          const url = (user: string, password: string) =>
            `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/db2`
          yield* Effect.callback<void, Error>((resume) => {
            execFile(
              process.execPath,
              [join(repository, "scripts/mutt.ts"), "migrate", "--app-role", "app2"],
              {
                env: {
                  PATH: process.env["PATH"],
                  DB_HOST: host,
                  DB_PORT: String(port),
                  DB_NAME: "db2",
                  DB_TLS_ENABLED: "false",
                  DB_USER: "owner2",
                  DB_PASS: passwords.DB_OWNER_PASS
                }
              },
              (error) => resume(error === null ? Effect.void : Effect.fail(error))
            )
          })
          const app = url("app2", passwords.DB_PASS_CURRENT)
          assert.strictEqual((yield* as(app, "SELECT count(*) FROM alert_rules")).trim(), "0")
          assert.include(String(yield* Effect.flip(as(app, "DELETE FROM event_audit_log"))), "permission denied")
        }))
  )
})
