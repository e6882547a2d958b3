import { Effect, type Scope } from "effect"
import { execFile } from "node:child_process"
import { join } from "node:path"
import { CommandFailed } from "./Command.ts"
import { repository, toolsOnPath } from "./Paths.ts"
import { type PrivateServer, privateServer } from "./PrivateServer.ts"

/** Answers, sealed or not. */
const answers = (url: string) =>
  Effect.tryPromise((signal) => fetch(`${url}/v1/sys/health?uninitcode=200&sealedcode=200`, { signal })).pipe(
    Effect.timeout("2 seconds"),
    Effect.map(({ status }) => status === 200),
    Effect.orElseSucceed(() => false)
  )

/**
 * An OpenBao on the loopback address: with `config` as that file says, else in memory, unsealed, with this root token.
 */
export const privateOpenBao = (options: {
  readonly bin: string
  readonly port: number
  readonly log: string
  readonly rootToken: string
  readonly config?: string
}): Effect.Effect<PrivateServer, never, Scope.Scope> => {
  const address = `127.0.0.1:${options.port}`
  const args = options.config === undefined
    ? ["server", "-dev", "-dev-no-store-token", `-dev-listen-address=${address}`]
    : ["server", `-config=${options.config}`]
  return privateServer({
    name: "OpenBao",
    launch: {
      program: options.bin,
      args,
      // The token goes by the environment, where other users do not see it.
      env: options.config === undefined
        ? { ...process.env, BAO_DEV_ROOT_TOKEN_ID: options.rootToken, VAULT_DEV_ROOT_TOKEN_ID: options.rootToken }
        : process.env,
      log: options.log,
      stopSignal: "TERM"
    },
    ready: () => answers(`http://${address}`)
  })
}

/** Runs `scripts/vault-init.sh`; what it said. */
export const vaultInit = (url: string, rootToken: string, args: ReadonlyArray<string>) =>
  Effect.callback<string, CommandFailed>((resume) => {
    const path = `${process.env["PATH"] ?? ""}:${toolsOnPath}`
    const env = { ...process.env, PATH: path, VAULT_ADDR: url, VAULT_TOKEN: rootToken }
    execFile("sh", [join(repository, "scripts/vault-init.sh"), ...args], { env }, (error, stdout, stderr) => {
      resume(
        error === null
          ? Effect.succeed(stdout)
          : Effect.fail(new CommandFailed({ command: "scripts/vault-init.sh", output: stderr.trim() || error.message }))
      )
    })
  })
