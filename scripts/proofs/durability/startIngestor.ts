import { Effect } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type RedisServer, scratch, secret } from "../../../test/support/servers.ts"
import { freePort } from "../../stack/FreePort.ts"
import { repository, stateFolder } from "../../stack/Paths.ts"
import { privateServer } from "../../stack/PrivateServer.ts"
import { programLaunch } from "../../stack/Program.ts"
import { answersReady } from "../../stack/Supervisor.ts"

/** An ingestor as a process, on a Redis of this machine; no other program. */
export const startIngestor = Effect.fnUntraced(function*(
  redis: RedisServer,
  settings: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {}
) {
  const folder = yield* scratch(join(stateFolder, "run"))
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const secretsFile = join(folder, "secrets.json")
  const key = secret()
  writeFileSync(
    secretsFile,
    JSON.stringify({ REDIS_PASS_CURRENT: redis.password, INGEST_API_KEY: key, VIEWER_API_KEY: secret(), ...secrets }),
    { mode: 0o600 }
  )
  const around = {
    runtime: "node" as const,
    runtimeProgram: undefined,
    postgresPort: 1,
    database: "none",
    redisPort: redis.port,
    user: redis.user,
    secretsFile,
    moogUrl: "http://127.0.0.1:1",
    secretSettings: undefined
  }
  const program = programLaunch("ingestor", 1, yield* freePort, around, {
    SYSLOG_UDP_PORT: "0",
    SYSLOG_TCP_PORT: "0",
    ...settings
  })
  const server = yield* privateServer({
    name: program.instance,
    launch: { ...program, cwd: repository, log: join(folder, "log"), stopSignal: "TERM" },
    ready: () => answersReady(program.url)
  })
  yield* Effect.orDie(server.start)
  return { url: program.url, key, stop: server.stop }
})
