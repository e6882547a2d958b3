import { Effect, Schema, type Scope } from "effect"
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { SilenceInput } from "../../src/silence/Silence.ts"
import { freePort } from "../stack/FreePort.ts"
import { stateFolder } from "../stack/Paths.ts"
import { privateServer } from "../stack/PrivateServer.ts"
import { goInstall } from "./goInstall.ts"

const version = "v0.28.1"

class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", { detail: Schema.String }) {
  override get message() {
    return `Alertmanager: ${this.detail}`
  }
}

/**
 * Decides about each alert by itself and at once, as MUTT does, so that silences are asked while alerts come; and then
 * tells nobody.
 */
const configuration = `route: { receiver: nobody, group_by: ['...'], group_wait: 0s, group_interval: 5m }
receivers: [{ name: nobody }]
`

const post = (url: string, body: unknown) =>
  Effect.tryPromise({
    try: async (signal) => {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal
      })
      const text = await answer.text()
      if (answer.status !== 200) throw new Error(`${answer.status} ${text}`)
    },
    catch: (error) => new NoAnswer({ detail: error instanceof Error ? error.message : String(error) })
  })

/** A silence of hosts in Alertmanager's words. */
const inItsWords = ({ comment, ends_at, match, starts_at }: SilenceInput) => ({
  matchers: (match.hosts ?? []).map((host) => ({
    name: "instance",
    value: host.replaceAll(".", "\\.").replaceAll("*", ".*"),
    isRegex: host.includes("*"),
    isEqual: true
  })),
  startsAt: starts_at,
  endsAt: ends_at,
  createdBy: "bench",
  comment
})

/** Fails with why it can't be built here. */
export const buildAlertmanager = goInstall(`github.com/prometheus/alertmanager/cmd/alertmanager@${version}`)

/** An Alertmanager with these silences. It ends with the scope. */
export const alertmanager = (
  program: string,
  silences: ReadonlyArray<SilenceInput>
): Effect.Effect<{ readonly port: number; readonly pid: number }, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => {
        const base = join(stateFolder, "run")
        if (!existsSync(base)) mkdirSync(base, { recursive: true, mode: 0o700 })
        return mkdtempSync(join(base, "alertmanager-"))
      }),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    )
    writeFileSync(join(folder, "alertmanager.yml"), configuration)
    const port = yield* freePort
    const url = `http://127.0.0.1:${port}`
    const server = yield* privateServer({
      name: "Alertmanager",
      launch: {
        program,
        args: [
          `--config.file=${join(folder, "alertmanager.yml")}`,
          `--storage.path=${join(folder, "data")}`,
          `--web.listen-address=127.0.0.1:${port}`,
          "--cluster.listen-address=",
          "--log.level=warn"
        ],
        log: join(folder, "log"),
        stopSignal: "TERM"
      },
      ready: () =>
        Effect.tryPromise((signal) => fetch(`${url}/-/ready`, { signal })).pipe(
          Effect.map(({ status }) => status === 200),
          Effect.orElseSucceed(() => false)
        )
    })
    yield* server.start
    yield* Effect.forEach(silences, (silence) => post(`${url}/api/v2/silences`, inItsWords(silence)), {
      concurrency: 8,
      discard: true
    })
    return { port, pid: server.pid() }
  })
