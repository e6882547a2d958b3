import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { postgresServer, redisServer } from "../support/servers.ts"

const run = (command: ReadonlyArray<string>, env: Readonly<Record<string, string>>) =>
  Effect.callback<string>((resume) => {
    const [file = "", ...flags] = command
    execFile(
      file,
      flags,
      { env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env } },
      (error, stdout, stderr) => {
        resume(error === null ? Effect.succeed(stdout) : Effect.die(`${stdout}\n${stderr}`))
      }
    )
  })

describe.each(
  [
    ["node", [process.execPath]],
    ["deno", ["node_modules/.bin/deno", "run", "-A"]]
  ] as const
)("Connections on %s", (_, runtime) => {
  it.live("fall back to NEXT in PostgreSQL and Redis, with secrets from a file", () =>
    Effect.gen(function*() {
      const [postgres, redis] = yield* Effect.all([postgresServer(), redisServer({ wideRights: true })])
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
        (path) => Effect.sync(() => rmSync(path, { recursive: true }))
      )
      const secrets = join(folder, "secrets.json")
      writeFileSync(
        secrets,
        JSON.stringify({
          DB_USER: postgres.user,
          DB_PASS_CURRENT: "stale",
          DB_PASS_NEXT: postgres.password,
          REDIS_PASS_CURRENT: "stale",
          REDIS_PASS_NEXT: redis.password
        })
      )
      chmodSync(secrets, 0o600)
      const stdout = yield* run([...runtime, "test/layers/connectOnce.ts"], {
        MUTT_SECRETS: "file",
        MUTT_SECRETS_FILE: secrets,
        DB_HOST: postgres.host,
        DB_PORT: String(postgres.port),
        DB_NAME: postgres.database,
        DB_TLS_ENABLED: "false",
        REDIS_HOST: redis.host,
        REDIS_PORT: String(redis.port),
        REDIS_USER: redis.user,
        REDIS_TLS_ENABLED: "false"
      })
      assert.deepStrictEqual(JSON.parse(stdout), {
        script: "1",
        rows: [{ n: 1 }],
        heard: ["subscribed", "heard"],
        redis: "NEXT",
        postgres: "NEXT"
      })
    }))
})
