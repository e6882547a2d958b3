import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { execFile } from "node:child_process"
import { join } from "node:path"
import { stateFolder } from "../../scripts/stack/Paths.ts"
import { fences, read } from "../docs/documents.ts"
import { postgresServer } from "../support/servers.ts"

interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

class Mutt extends Context.Service<Mutt, {
  /** Runs the command against a database of its own, with `env` over what a good set-up has. */
  readonly run: (args: ReadonlyArray<string>, env?: NodeJS.ProcessEnv) => Effect.Effect<Answer>
  /** Names its server among others. */
  readonly amongServers: NodeJS.ProcessEnv
}>()("test/Mutt") {}

const world = Layer.effect(
  Mutt,
  Effect.gen(function*() {
    const server = yield* postgresServer()
    const good = {
      PATH: process.env["PATH"] ?? "",
      // As scripts/mutt.sh does.
      NODE_COMPILE_CACHE: join(stateFolder, "cache/node"),
      DB_HOST: server.host,
      DB_PORT: String(server.port),
      DB_NAME: server.database,
      DB_TLS_ENABLED: "false",
      DB_USER: server.owner.user,
      DB_PASS_CURRENT: "stale",
      DB_PASS_NEXT: server.owner.password
    }
    return Mutt.of({
      amongServers: {
        DB_HOST: undefined,
        DB_PORT: undefined,
        DB_HOSTS: `127.0.0.1:1,${server.host}:${server.port}`
      },
      run: (args, env = {}) =>
        Effect.callback((resume) => {
          execFile(
            process.execPath,
            ["scripts/mutt.ts", ...args],
            { env: { ...good, ...env } },
            (error, stdout, stderr) => {
              resume(Effect.succeed({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }))
            }
          )
        })
    })
  })
)

layer(world, { excludeTestServices: true })("mutt", (it) => {
  it.effect("migrate: brings the schema up to date, and says so to people and to programs", () =>
    Effect.gen(function*() {
      const { run } = yield* Mutt
      const plan = yield* run(["migrate", "--plan"])
      assert.strictEqual(plan.code, 0, plan.stderr)
      assert.include(plan.stdout, "-- 0020_saved_views (expand)\nCREATE TABLE saved_views (")
      assert.strictEqual((yield* run(["migrate", "--force"])).code, 1)
      const first = yield* run(["migrate", "--json"])
      assert.strictEqual(first.code, 0, first.stderr)
      const answer: unknown = JSON.parse(first.stdout)
      assert.nestedPropertyVal(answer, "done[0]", "0001_rules")
      const second = yield* run(["migrate"])
      assert.strictEqual(second.code, 0)
      assert.include(second.stdout, "The schema is up to date.")
      assert.include((yield* run(["migrate", "--plan"])).stdout, "nothing would be done")
    }))

  it.effect("migrate: gives a lesser role its rights, and refuses one that is none", () =>
    Effect.gen(function*() {
      const { run } = yield* Mutt
      const given = yield* run(["migrate", "--app-role", "mutt_app"])
      assert.strictEqual(given.code, 0, given.stderr)
      assert.include(given.stdout, "mutt_app has the rights of the programs.")
      for (const [role, words] of [["mutt_ap", "no role mutt_ap"], ["mutt_owner", "may do everything"]] as const) {
        const refused = yield* run(["migrate", "--app-role", role])
        assert.strictEqual(refused.code, 1)
        assert.include(refused.stderr, words)
      }
    }))

  it.effect("migrate: is called as docs/UPGRADING.md does", () =>
    Effect.gen(function*() {
      const { run } = yield* Mutt
      const commands = fences(read("docs/UPGRADING.md")).filter(({ language }) => language === "sh check")
        .flatMap(({ text }) => text.trim().split("\n"))
      assert.lengthOf(commands, 3)
      for (const command of commands) {
        const [program, ...args] = command.split(" ")
        assert.strictEqual(program, "mutt")
        const { code, stderr } = yield* run(args)
        assert.strictEqual(code, 0, `${command}: ${stderr}`)
      }
    }))

  it.effect("migrate: says for how long events are kept at least, and finds the primary among several servers", () =>
    Effect.gen(function*() {
      const { amongServers, run } = yield* Mutt
      const said = yield* run(["migrate", "--retention-floor", "60"], amongServers)
      assert.include(said.stdout, "Events are kept for 60 days at least.")
      for (const days of ["0", "3651", "many"]) {
        assert.notStrictEqual((yield* run(["migrate", "--retention-floor", days])).code, 0)
      }
    }))

  it.effect("migrate: ends with 1 and a reason when the database cannot be used", () =>
    Effect.gen(function*() {
      const { run } = yield* Mutt
      const away = yield* run(["migrate"], { DB_PORT: "1" })
      assert.strictEqual(away.code, 1)
      assert.match(away.stderr, /mutt: PostgreSQL cannot be used \(unreachable\).*ECONNREFUSED/)
      const refused = yield* run(["migrate"], { DB_PASS_NEXT: "canary" })
      assert.strictEqual(refused.code, 1)
      assert.include(refused.stderr, "Every value of DB_PASS in the store (env) was refused")
      assert.notInclude(refused.stderr + refused.stdout, "canary")
    }))

  it.effect("ends with 1 and every problem of the settings", () =>
    Effect.gen(function*() {
      const { run } = yield* Mutt
      const answer = yield* run(["migrate"], { DB_PORT: "many", REDIS_TLS_ENABLED: "maybe", MUTT_SECRETS: "file" })
      assert.strictEqual(answer.code, 1)
      for (const name of ["DB_PORT", "REDIS_TLS_ENABLED", "MUTT_SECRETS_FILE"]) assert.include(answer.stderr, name)
    }))

  it.effect("explains itself", () =>
    Effect.gen(function*() {
      const { run } = yield* Mutt
      const help = yield* run(["--help"])
      assert.strictEqual(help.code, 0)
      assert.match(help.stdout, /migrate\s+Bring the database schema up to date/)
    }))
})
