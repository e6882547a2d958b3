import { assert } from "@effect/vitest"
import { Context, Effect, Layer, type Scope } from "effect"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Accounts, makeAccounts } from "../../../scripts/proofs/rotation/Accounts.ts"
import { timeToReady } from "../../../scripts/proofs/rotation/Harness.ts"
import { type FourPrograms, fourPrograms } from "../../support/fourPrograms.ts"
import { openBao } from "../../support/openBao.ts"
import { commands, operatorTools, perform, variables } from "./Runbook.ts"
import { type Shell, terminal } from "./Terminal.ts"

interface OperatorWorld {
  readonly four: FourPrograms
  readonly accounts: Accounts
  /** Pastes what stands in the runbook under these marks into the operator's terminal, at once. */
  readonly follow: (...marks: ReadonlyArray<string>) => Effect.Effect<string>
  /** Pastes other commands into the same terminal. */
  readonly paste: (text: string) => Effect.Effect<string>
  /** Runs commands with the runbook's words elsewhere, where nobody sees what is printed. */
  readonly say: (text: string, input?: string) => Effect.Effect<string>
}

/** A person who follows the runbook, at a terminal beside a running stack. */
export class Operator extends Context.Service<Operator, OperatorWorld>()("test/acceptance/rotation/Operator") {}

const scratch = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-operator-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** A Vault with the secrets of the file in it: what the programs are told, and what the operator sets. */
const vault = (secretsFile: string, adminFile: string) =>
  Effect.gen(function*() {
    const bao = yield* openBao("memory")
    const said = yield* bao.init(
      ...Object.entries({
        "--values": secretsFile,
        "--admin-values": adminFile,
        "--secret-id-file": bao.file("secret-id"),
        "--webui-file": bao.file("web-ui"),
        "--rotator-file": bao.file("rotator")
      }).flat()
    )
    const roleId = (role: string) => new RegExp(`role ${role}: role_id (\\S+)`).exec(said)?.[1] ?? ""
    const login = yield* bao.ask("POST", "auth/approle/login", {
      role_id: roleId("mutt-rotator"),
      secret_id: readFileSync(bao.file("rotator"), "utf8").trim()
    })
    const path = "secret/mutt/prod"
    return {
      programs: {
        MUTT_SECRETS: "vault",
        VAULT_ADDR: bao.url,
        VAULT_ROLE_ID: roleId("mutt-programs"),
        VAULT_SECRET_ID_FILE: bao.file("secret-id"),
        VAULT_SECRETS_PATH: path
      },
      webUi: {
        VAULT_ROLE_ID: roleId("mutt-webui"),
        VAULT_SECRET_ID_FILE: bao.file("web-ui"),
        VAULT_ROTATOR_ROLE_ID: roleId("mutt-rotator"),
        VAULT_ROTATOR_SECRET_ID_FILE: bao.file("rotator")
      },
      operator: { VAULT_ADDR: bao.url, VAULT_TOKEN: bao.find(login, "client_token"), VAULT_SECRETS_PATH: path }
    }
  })

const operator = (store: "file" | "vault", shell: Shell): Effect.Effect<OperatorWorld, never, Scope.Scope> =>
  Effect.gen(function*() {
    const folder = yield* scratch
    let vaultSettings: Readonly<Record<string, string>> = {}
    const four = yield* fourPrograms({
      settings: { DB_CONNECTION_TTL_SECONDS: "1", JANITOR_INTERVAL: "1", MOOG_RETRY_BASE_DELAY: "0.2" },
      ...(store === "file" ? {} : {
        secretStore: (file: string, adminFile: string) =>
          Effect.map(vault(file, adminFile), ({ operator, programs, webUi }) => {
            vaultSettings = operator
            return { programs, webUi }
          })
      })
    })
    const admin = new URL(four.postgres.adminUrl)
    const settings = {
      MUTT_URL: four.programs["web-ui"].url,
      INGESTOR_URL: four.programs.ingestor.url,
      MUTT_API_KEY: four.keys.admin,
      DB_USER: four.postgres.user,
      REDIS_USER: four.redis.user,
      PGHOST: four.postgres.host,
      PGPORT: String(four.postgres.port),
      PGDATABASE: four.postgres.database,
      PGUSER: admin.username,
      PGPASSWORD: decodeURIComponent(admin.password),
      REDIS_NODES: `${four.redis.host}:${four.redis.port}`,
      REDIS_ADMIN: "default",
      REDISCLI_AUTH: decodeURIComponent(new URL(four.redis.adminUrl).password),
      REDIS_TLS: "",
      ...(store === "file" ? { MUTT_SECRETS_FILE: four.secretsFile } : vaultSettings)
    }
    const told = variables()
    for (const name of Object.keys(settings)) assert.isTrue(told.has(name), `the runbook does not name ${name}`)
    const env = { HOME: folder, PATH: yield* operatorTools(join(folder, "bin")), ...settings }
    const words = commands(`${store}-store`, "words")
    const seat = yield* terminal(shell, env)
    yield* seat.paste(`${words}\n${commands("mutt")}`)
    return {
      four,
      accounts: yield* makeAccounts(four),
      follow: (...marks: ReadonlyArray<string>) => Effect.orDie(seat.paste(commands(...marks))),
      paste: (text: string) => Effect.orDie(seat.paste(text)),
      say: (text: string, input?: string) => Effect.orDie(perform(`${words}\n${text}`, env, input))
    }
  }).pipe(Effect.orDie)

/** With all sessions cut, everybody gets in again: the store and the servers agree. */
export const everybodyGetsIn = Effect.gen(function*() {
  const { accounts, four } = yield* Operator
  yield* accounts.cut
  for (const program of Object.values(four.programs)) {
    assert.isDefined(yield* timeToReady(program, 30_000), `${program.instance} is not ready`)
  }
})

/** CURRENT and NEXT of a secret, as they are in the store. */
export const slots = (name: string) =>
  Effect.gen(function*() {
    const { say } = yield* Operator
    return (yield* say(`printf '%s %s' "$(get ${name}_CURRENT)" "$(get ${name}_NEXT 2>/dev/null)"`)).split(" ")
  })

export const operatorAt = (store: "file" | "vault", shell: Shell) => Layer.effect(Operator, operator(store, shell))
