import { Effect, Schema, type Scope } from "effect"
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { basename, join } from "node:path"
import { ran } from "../../check-deploy/tool.ts"
import { repository, stateFolder } from "../../stack/Paths.ts"
import { NoMachine } from "../fresh/Machine.ts"

/** A line of shell that should have gone well. */
export class LineFailed extends Schema.TaggedError<LineFailed>()("LineFailed", {
  what: Schema.String,
  said: Schema.String
}) {
  override get message() {
    return `${this.what} failed:\n${this.said.split("\n").slice(-30).join("\n")}`
  }
}

/** A Debian whose systemd runs, with a `nodejs`, and a network of its own. */
export interface Machine {
  /** Runs shell as root in `/srv`, and answers what it printed. */
  readonly shell: (what: string, lines: string) => Effect.Effect<string, LineFailed>
  /** Puts a file there. */
  readonly put: (file: string) => Effect.Effect<void>
}

const kept = join(stateFolder, "machines")
const suite = "trixie"

const node = () => realpathSync(join(repository, "node_modules/.bin/node"))
const npm = join(stateFolder, "tools/node/node_modules/npm")

/** What machines have installed, by their names: the servers as Debian's packages, or Docker and what its images are made of. */
const packagesOf = {
  systemd: ["postgresql", "redis-server"],
  docker: ["docker.io", "docker-cli", "docker-compose", "gosu", "iproute2", "iptables", "postgresql", "valkey-server"]
}
export type MachineName = keyof typeof packagesOf

const base = Effect.fn(function*(name: MachineName) {
  const folder = join(kept, `${suite}-${name}`)
  if (!existsSync(folder)) {
    mkdirSync(kept, { recursive: true })
    const script = join(import.meta.dirname, "makeBase.sh")
    const { code } = yield* ran("bash", [script, suite, node(), npm, folder, packagesOf[name].join(",")])
    if (code !== 0) return yield* new NoMachine({ why: `${suite} could not be unpacked; ${folder}.log says why.` })
  }
  return folder
})

/** The first process of the namespace that a process made, as this machine numbers it. */
const firstInside = (pid: number): number | undefined => {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").map(Number)
    const isSystemd = child !== undefined && child > 0 &&
      readFileSync(`/proc/${child}/comm`, "utf8").trim() === "systemd"
    return isSystemd ? child : undefined
  } catch {
    // It has ended, or is about to begin.
    return undefined
  }
}

const inside = (pid: number, lines: string): Effect.Effect<{ readonly code: number; readonly said: string }> =>
  Effect.callback((resume) => {
    const namespaces = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup", "--root", "--wd=/"]
    const environment = ["HOME=/srv", "LANG=C.UTF-8", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"]
    const args = [
      "--target",
      String(pid),
      ...namespaces,
      "env",
      "-i",
      ...environment,
      "bash",
      "-c",
      `cd /srv; ${lines}`
    ]
    const child = execFile(
      "nsenter",
      args,
      { cwd: "/", maxBuffer: 1 << 26 },
      (error, out, err) =>
        resume(Effect.succeed(error === null ? { code: 0, said: out } : { code: 1, said: out + err }))
    )
    return Effect.sync(() => child.kill())
  })

const started = (child: ChildProcess) =>
  Effect.gen(function*() {
    for (let tries = 0; tries < 600; tries++) {
      const pid = child.pid === undefined ? undefined : firstInside(child.pid)
      if (pid !== undefined) {
        const { said } = yield* inside(pid, "systemctl is-system-running")
        if (/^(?:running|degraded)$/m.test(said)) return pid
      }
      if (child.exitCode !== null) break
      yield* Effect.sleep("100 millis")
    }
    return yield* new NoMachine({ why: "systemd does not boot in a namespace of this kernel." })
  })

/** A machine that nobody prepared. It goes away with the scope. */
export const machine = Effect.fn(function*(name: MachineName): Effect.fn.Return<Machine, NoMachine, Scope.Scope> {
  const from = yield* base(name)
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => realpathSync(mkdtempSync(join(kept, "machine-")))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
  )
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => spawn("bash", [join(import.meta.dirname, "boot.sh"), from, folder], { stdio: "ignore" })),
    (child) =>
      Effect.callback<void>((resume) => {
        if (child.exitCode !== null) return resume(Effect.void)
        child.once("close", () => resume(Effect.void))
        child.kill("SIGKILL")
      })
  )
  const pid = yield* started(child)
  const shell: Machine["shell"] = (what, lines) =>
    Effect.flatMap(
      inside(pid, `set -eo pipefail; ${lines}`),
      ({ code, said }) => code === 0 ? Effect.succeed(said) : Effect.fail(new LineFailed({ what, said }))
    )
  return {
    shell,
    put: (file) => Effect.sync(() => copyFileSync(file, join(`/proc/${pid}/root`, "srv", basename(file))))
  }
})
