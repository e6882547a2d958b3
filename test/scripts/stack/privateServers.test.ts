import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { SqlClient } from "effect/sql"
import { Redis } from "ioredis"
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { freePort, isFree } from "../../../scripts/stack/FreePort.ts"
import { repository } from "../../../scripts/stack/Paths.ts"
import { privateServer } from "../../../scripts/stack/PrivateServer.ts"
import { pgClient } from "../../support/pgClient.ts"
import { type PostgresServer, postgresServer, type RedisServer, redisServer } from "../../support/servers.ts"

const query = (
  server: PostgresServer,
  statement: string,
  as?: { readonly database?: string; readonly password?: string }
) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql.unsafe(statement)).pipe(
    Effect.provide(pgClient({ ...server, ...server.owner, ...as }, 1))
  )

const command = (server: RedisServer, name: string, args: ReadonlyArray<string>, password = server.password) =>
  calling(`redis://${server.user}:${password}@${server.host}:${server.port}`, name, args)

const calling = (url: string, name: string, args: ReadonlyArray<string>) =>
  Effect.tryPromise(async () => {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: null })
    client.on("error", () => {})
    try {
      await client.connect()
      return await client.call(name, ...args)
    } finally {
      client.disconnect()
    }
  })

describe.each([15, 18] as const)("private PostgreSQL %i", (version) => {
  it.live("is that version, keeps what was written through stop and kill, and keeps databases apart", () =>
    Effect.gen(function*() {
      const server = yield* postgresServer({ version })
      const major = yield* query(server, "SELECT current_setting('server_version_num')::int / 10000 AS major")
      assert.deepStrictEqual(major, [{ major: version }])
      yield* query(server, "CREATE TABLE kept (n int)")
      yield* query(server, "INSERT INTO kept VALUES (1)")
      yield* server.stop
      assert.isTrue(yield* isFree(server.port))
      yield* server.start
      yield* query(server, "INSERT INTO kept VALUES (2)")
      yield* server.kill
      yield* server.start
      assert.lengthOf(yield* query(server, "SELECT n FROM kept"), 2)
      const other = yield* server.newDatabase
      assert.isTrue(yield* Effect.isFailure(query(server, "SELECT n FROM kept", { database: other })))
    }))

  it.live("lets nobody in without the password", () =>
    Effect.gen(function*() {
      const server = yield* postgresServer({ version })
      assert.isTrue(yield* Effect.isFailure(query(server, "SELECT 1", { password: "wrong" })))
    }))
})

describe.each(["redis", "valkey"] as const)("private %s", (flavour) => {
  it.live("keeps what was written through stop and kill", () =>
    Effect.gen(function*() {
      const server = yield* redisServer({ flavour, wideRights: true })
      yield* command(server, "SET", ["kept", "1"])
      yield* server.stop
      yield* server.start
      assert.strictEqual(yield* command(server, "INCR", ["kept"]), 2)
      yield* server.kill
      yield* server.start
      assert.strictEqual(yield* command(server, "GET", ["kept"]), "2")
    }))

  it.live("writes to its disk before it answers, and evicts nothing", () =>
    Effect.gen(function*() {
      const { adminUrl } = yield* redisServer({ flavour })
      const setting = (name: string) => Effect.map(calling(adminUrl, "CONFIG", ["GET", name]), String)
      assert.strictEqual(yield* setting("appendonly"), "appendonly,yes")
      assert.strictEqual(yield* setting("appendfsync"), "appendfsync,always")
      assert.strictEqual(yield* setting("maxmemory-policy"), "maxmemory-policy,noeviction")
    }))

  it.live("lets nobody in without the password, and its user may not administrate", () =>
    Effect.gen(function*() {
      const server = yield* redisServer({ flavour })
      assert.isTrue(yield* Effect.isFailure(command(server, "PING", [], "wrong")))
      assert.isTrue(yield* Effect.isFailure(command(server, "CONFIG", ["GET", "dir"])))
    }))
})

describe("servers of a process that was killed", () => {
  it.live("end", () =>
    Effect.gen(function*() {
      const ports = yield* Effect.callback<ReadonlyArray<number>>((resume) => {
        execFile(process.execPath, [join(repository, "test/support/orphans.ts")], (_, stdout) =>
          resume(Effect.succeed(stdout.trim().split(" ").map(Number))))
      })
      assert.lengthOf(ports, 2)
      for (const port of ports) {
        yield* Effect.repeat(isFree(port), {
          until: (free) =>
            free
        })
      }
    }))
})

describe("freePort", () => {
  it.live("finds one that nobody listens on", () =>
    Effect.gen(function*() {
      assert.isTrue(yield* isFree(yield* freePort))
    }))
})

describe("a server that fails at its first start", () => {
  const failingOnce = (passes: (words: string) => boolean) =>
    Effect.gen(function*() {
      const folder = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
      return yield* privateServer({
        name: "Server",
        launch: {
          program: "/bin/sh",
          args: [
            "-c",
            "if test -e begun; then touch ready; exec sleep 60; fi; touch begun; echo 'the port is in use'; exit 1"
          ],
          cwd: folder,
          log: join(folder, "log"),
          stopSignal: "TERM"
        },
        ready: () => Effect.sync(() => existsSync(join(folder, "ready"))),
        passes
      })
    }).pipe(Effect.provide(NodeServices.layer))

  it.live("is started again when that passes", () =>
    Effect.gen(function*() {
      const server = yield* failingOnce((words) => words.includes("in use"))
      yield* server.start
      assert.strictEqual((yield* server.stop)?.signal, "SIGTERM")
    }))

  it.live("is not when it does not", () =>
    Effect.gen(function*() {
      const server = yield* failingOnce(() => false)
      const { reason, words } = yield* Effect.flip(server.start)
      assert.deepStrictEqual([reason, words.trim()], ["ended at once (code 1)", "| the port is in use"])
    }))
})
