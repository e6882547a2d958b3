import { Effect, Schedule, type Scope } from "effect"
import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort } from "../../scripts/stack/FreePort.ts"
import { stateFolder } from "../../scripts/stack/Paths.ts"
import { privateOpenBao, vaultInit } from "../../scripts/stack/PrivateOpenBao.ts"
import { openBaoTool } from "../../scripts/stack/Tools.ts"

/** A request as the server's administrator. */
export type Ask = (method: string, path: string, body?: unknown) => Effect.Effect<unknown>

export interface OpenBao {
  readonly url: string
  readonly rootToken: string
  readonly ask: Ask
  /** Runs `scripts/vault-init.sh` and says what it printed. */
  readonly init: (...args: ReadonlyArray<string>) => Effect.Effect<string>
  readonly stop: Effect.Effect<void>
  /** After it, a server with storage on disk is sealed until `unseal`. */
  readonly start: Effect.Effect<void>
  readonly unseal: Effect.Effect<void>
  /** A path in a folder that goes away with the server. */
  readonly file: (name: string) => string
  /** The value of this name in an answer, wherever in it. */
  readonly find: (answer: unknown, name: string) => string
}

let count = 0

const folder = Effect.acquireRelease(
  Effect.sync(() => {
    const parent = join(stateFolder, "run")
    mkdirSync(parent, { recursive: true })
    for (const name of readdirSync(parent).filter((name) => name.includes("-openbao-"))) {
      if (!existsSync(`/proc/${Number.parseInt(name)}`)) rmSync(join(parent, name), { recursive: true, force: true })
    }
    const path = join(parent, `${process.pid}-openbao-${++count}`)
    mkdirSync(path, { mode: 0o700 })
    return path
  }),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const find = (answer: unknown, name: string): string => {
  if (typeof answer !== "object" || answer === null) return ""
  for (const [key, value] of Object.entries(answer)) {
    const found = key === name && typeof value === "string" ? value : find(value, name)
    if (found !== "") return found
  }
  return ""
}

/** A second listener, which speaks TLS and asks clients for a certificate. */
interface TlsListener {
  readonly port: number
  readonly certFile: string
  readonly keyFile: string
}

/** A private OpenBao, unsealed: in memory, or with its storage on disk, and there with a second listener too. */
export const openBao = (
  storage: "memory" | "disk",
  tls?: TlsListener
): Effect.Effect<OpenBao, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { bin } = yield* openBaoTool
    const home = yield* folder
    const port = yield* freePort
    const url = `http://127.0.0.1:${port}`
    let rootToken = randomBytes(12).toString("hex")
    let key = ""
    const config = join(home, "config.hcl")
    if (storage === "disk") {
      mkdirSync(join(home, "data"))
      writeFileSync(
        config,
        `storage "raft" {\n  path = "${home}/data"\n  node_id = "one"\n}\napi_addr = "${url}"\ncluster_addr = "http://127.0.0.1:${yield* freePort}"\nlistener "tcp" {\n  address = "127.0.0.1:${port}"\n  tls_disable = true\n}\n${
          tls === undefined
            ? ""
            : `listener "tcp" {\n  address = "127.0.0.1:${tls.port}"\n  tls_cert_file = "${tls.certFile}"\n  tls_key_file = "${tls.keyFile}"\n}\n`
        }`
      )
    }
    const server = yield* privateOpenBao({
      bin,
      port,
      rootToken,
      log: join(home, "log"),
      ...(storage === "disk" ? { config } : {})
    })
    yield* server.start
    const ask: Ask = (method, path, body) =>
      Effect.promise(async () => {
        const answer = await fetch(`${url}/v1/${path}`, {
          method,
          headers: { "X-Vault-Token": rootToken },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        const text = await answer.text()
        if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
        return text === "" ? undefined : JSON.parse(text)
      })
    const active = Effect.promise(() => fetch(`${url}/v1/sys/health`)).pipe(
      Effect.filterOrFail(({ status }) => status === 200, () => "not yet"),
      Effect.retry(Schedule.spaced("50 millis"))
    )
    const unseal = Effect.suspend(() =>
      Effect.andThen(ask("PUT", "sys/unseal", { key }), Effect.orDie(Effect.asVoid(active)))
    )
    if (storage === "disk") {
      const made = yield* ask("PUT", "sys/init", { secret_shares: 1, secret_threshold: 1 })
      rootToken = find(made, "root_token")
      key = typeof made === "object" && made !== null && "keys" in made && Array.isArray(made.keys)
        ? String(made.keys[0])
        : ""
      yield* unseal
    }
    return {
      url,
      rootToken,
      ask,
      init: (...args: ReadonlyArray<string>) => Effect.orDie(vaultInit(url, rootToken, args)),
      stop: Effect.asVoid(server.stop),
      start: Effect.orDie(server.start),
      unseal,
      file: (name: string) => join(home, name),
      find
    }
  }).pipe(Effect.orDie)
