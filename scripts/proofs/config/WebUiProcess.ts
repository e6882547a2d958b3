import { Effect, Redacted, type Scope } from "effect"
import { randomBytes } from "node:crypto"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Answer } from "../../../test/services/web-ui/harness.ts"
import type { PostgresServer, RedisServer } from "../../../test/support/servers.ts"
import { freePort } from "../../stack/FreePort.ts"
import { repository, stateFolder } from "../../stack/Paths.ts"
import { type PrivateServer, privateServer } from "../../stack/PrivateServer.ts"
import { programLaunch } from "../../stack/Program.ts"
import { answersReady } from "../../stack/Supervisor.ts"

interface HttpAnswer {
  /** 0: there was none. */
  readonly status: number
  readonly etag: string
  readonly body: Answer["body"]
}

/** A web-ui program as a process of its own. */
export interface WebUiProcess extends Pick<PrivateServer, "start" | "kill"> {
  readonly ask: (
    method: string,
    path: string,
    more?: { readonly body?: unknown; readonly headers?: Record<string, string> }
  ) => Effect.Effect<HttpAnswer>
}

let count = 0

/** Started. It reaches its servers where `postgresPort` and `redisPort` say, if given. */
export const webUiProcess = (
  { postgres, redis }: { readonly postgres: PostgresServer; readonly redis: RedisServer },
  ports: { readonly postgres?: number; readonly redis?: number } = {}
): Effect.Effect<WebUiProcess, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const number = ++count
    const folder = join(stateFolder, "run", `${process.pid}-web-ui-${number}`)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(folder, { recursive: true, force: true })))
    const key = Redacted.make(randomBytes(18).toString("base64url"))
    const secretsFile = join(folder, "secrets.json")
    const secrets = {
      DB_USER: postgres.user,
      DB_PASS_CURRENT: postgres.password,
      REDIS_PASS_CURRENT: redis.password,
      ADMIN_API_KEY: Redacted.value(key)
    }
    writeFileSync(secretsFile, JSON.stringify(secrets), { mode: 0o600 })
    const launch = programLaunch("web-ui", number, yield* freePort, {
      runtime: "node",
      postgresPort: ports.postgres ?? postgres.port,
      database: postgres.database,
      redisPort: ports.redis ?? redis.port,
      user: postgres.user,
      secretsFile,
      moogUrl: "http://127.0.0.1:1"
    })
    const server = yield* privateServer({
      name: "web-ui",
      launch: { ...launch, cwd: repository, log: join(folder, "log"), stopSignal: "TERM" },
      ready: () => answersReady(launch.url)
    })
    yield* server.start
    const ask: WebUiProcess["ask"] = (method, path, { body, headers } = {}) =>
      Effect.promise(async (signal) => {
        try {
          const answer = await fetch(`${launch.url}${path}`, {
            method,
            headers: { "x-api-key": Redacted.value(key), "content-type": "application/json", ...headers },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            signal
          })
          return { status: answer.status, etag: answer.headers.get("etag") ?? "", body: await answer.json() }
        } catch {
          return { status: 0, etag: "", body: undefined }
        }
      })
    return { start: server.start, kill: server.kill, ask }
  })
