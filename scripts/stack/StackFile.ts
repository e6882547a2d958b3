import { Effect, Schema } from "effect"
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { stateFolder } from "./Paths.ts"
import { replaceFile } from "./replaceFile.ts"

const Instance = Schema.Struct({ url: Schema.String, pid: Schema.Int })
export type Instance = typeof Instance.Type

/** What runs, for scripts: `.mutt/stack.json`. */
export const StackDescription = Schema.Struct({
  ingestor: Schema.Array(Instance),
  alerter: Schema.Array(Instance),
  moogForwarder: Schema.Array(Instance),
  webUi: Schema.Array(Instance),
  moog: Schema.Struct({ url: Schema.String }),
  syslog: Schema.Struct({ host: Schema.String, udp: Schema.Int, tcp: Schema.Int, tls: Schema.optionalKey(Schema.Int) }),
  /** With `--tls`: the authority that whoever asks must take. */
  tls: Schema.optionalKey(Schema.Struct({ ca: Schema.String })),
  postgres: Schema.Struct({
    host: Schema.String,
    port: Schema.Int,
    database: Schema.String,
    user: Schema.String,
    adminUrl: Schema.String
  }),
  redis: Schema.Struct({ host: Schema.String, port: Schema.Int, user: Schema.String, adminUrl: Schema.String }),
  secrets: Schema.Struct({
    kind: Schema.Literals(["file", "vault"]),
    path: Schema.String,
    url: Schema.optionalKey(Schema.String),
    rootToken: Schema.optionalKey(Schema.String)
  }),
  keys: Schema.Struct({ ingest: Schema.String, viewer: Schema.String, operator: Schema.String, admin: Schema.String })
})
export type StackDescription = typeof StackDescription.Type

const path = join(stateFolder, "stack.json")
const pidPath = join(stateFolder, "stack.pid")

/** Only its owner may read it: it holds keys and the servers' administrators. */
export const writeStackFile = (stack: StackDescription) => replaceFile(path, JSON.stringify(stack, null, 2) + "\n")

/** Removes what an ended stack has left. */
const removeStackFile = () => rmSync(path, { force: true })

const commandLine = (pid: number) =>
  existsSync("/proc/self/cmdline")
    ? existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : ""
    : spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).stdout

/** Alive, and a start of ours: numbers of processes are used again. */
const isStart = (pid: number) => commandLine(pid).includes("start.ts")

/** The process that keeps this clone's stack up, if one does. */
export const stackProcess = (): number | undefined => {
  if (!existsSync(pidPath)) return undefined
  const pid = Number(readFileSync(pidPath, "utf8"))
  return Number.isInteger(pid) && pid > 0 && isStart(pid) ? pid : undefined
}

class AlreadyUp extends Schema.TaggedError<AlreadyUp>()("AlreadyUp", { pid: Schema.Int }) {
  override get message() {
    return `A stack of this clone is up already (process ${this.pid}). To end it: npm run stop`
  }
}

/** This process keeps the stack up from here to the end of the scope; a clone has one stack at a time. */
export const claimStack = Effect.acquireRelease(
  Effect.suspend(() => {
    const other = stackProcess()
    if (other !== undefined && other !== process.pid) return Effect.fail(new AlreadyUp({ pid: other }))
    removeStackFile()
    replaceFile(pidPath, String(process.pid))
    return Effect.void
  }),
  () =>
    Effect.sync(() => {
      removeStackFile()
      rmSync(pidPath, { force: true })
    })
)
