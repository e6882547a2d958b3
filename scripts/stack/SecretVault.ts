import { Effect, Schema } from "effect"
import { randomBytes } from "node:crypto"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { run } from "./Command.ts"
import { adminSecretsPath, secretsPath } from "./Credentials.ts"
import { freePort } from "./FreePort.ts"
import { repository, stateFolder } from "./Paths.ts"
import { privateOpenBao, vaultInit } from "./PrivateOpenBao.ts"
import { openBaoTool } from "./Tools.ts"

const path = "secret/mutt/prod"

class RoleUnknown extends Schema.TaggedError<RoleUnknown>()("RoleUnknown", { said: Schema.String }) {
  override get message() {
    return `scripts/vault-init.sh named no role_id: ${this.said}`
  }
}

/** The secret store of a stack in a Vault of its own. */
export interface SecretVault {
  readonly url: string
  readonly path: string
  readonly rootToken: string
  /** What programs are told. */
  readonly settings: Readonly<Record<string, string>>
  /** What the web-ui is told besides: a role of its own, and one that may write secrets. */
  readonly webUiSettings: Readonly<Record<string, string>>
}

/** An OpenBao in memory, set up by `scripts/vault-init.sh` with the secrets of the stack's file. */
export const startVault = Effect.gen(function*() {
  yield* run("bash", [join(repository, "scripts/bootstrap.sh"), "--openbao"], { cwd: repository })
  const { bin } = yield* openBaoTool
  const [port, rootToken] = [yield* freePort, randomBytes(18).toString("base64url")]
  const url = `http://127.0.0.1:${port}`
  const server = yield* privateOpenBao({ bin, port, rootToken, log: join(stateFolder, "logs/openbao.log") })
  yield* server.start
  const secretIdFile = join(stateFolder, "vault-secret-id")
  const webUiFile = join(stateFolder, "vault-web-ui-secret-id")
  const rotatorFile = join(stateFolder, "vault-rotator-secret-id")
  for (const file of [secretIdFile, webUiFile, rotatorFile]) rmSync(file, { force: true })
  const said = yield* vaultInit(
    url,
    rootToken,
    Object.entries({
      "--values": secretsPath,
      "--admin-values": adminSecretsPath,
      "--secret-id-file": secretIdFile,
      "--webui-file": webUiFile,
      "--rotator-file": rotatorFile
    }).flat()
  )
  const roleId = (role: string) => new RegExp(`role ${role}: role_id (\\S+)`).exec(said)?.[1]
  const [programs, webUi, rotator] = [roleId("mutt-programs"), roleId("mutt-webui"), roleId("mutt-rotator")]
  if (programs === undefined || webUi === undefined || rotator === undefined) return yield* new RoleUnknown({ said })
  return {
    url,
    path,
    rootToken,
    settings: {
      MUTT_SECRETS: "vault",
      VAULT_ADDR: url,
      VAULT_ROLE_ID: programs,
      VAULT_SECRET_ID_FILE: secretIdFile,
      VAULT_SECRETS_PATH: path
    },
    webUiSettings: {
      VAULT_ROLE_ID: webUi,
      VAULT_SECRET_ID_FILE: webUiFile,
      VAULT_TRANSIT_KEY: "mutt-audit",
      VAULT_ROTATOR_ROLE_ID: rotator,
      VAULT_ROTATOR_SECRET_ID_FILE: rotatorFile
    }
  } satisfies SecretVault
})
