import { Effect, Latch, type Scope } from "effect"
import { writeFileSync } from "node:fs"
import type { RunningProgram } from "../../../test/support/fourPrograms.ts"
import type { NetworkLink } from "../../../test/support/networkLink.ts"
import type { ProgramName } from "../../stack/Program.ts"

/** The ways of a second replica to the servers; a first has none that could be cut. */
export type Links = Readonly<Record<"redis" | "postgres", NetworkLink>>

/** One replica of a program. It is started again the moment it is gone. */
export interface Member {
  readonly name: ProgramName
  readonly instance: string
  readonly url: string
  /** `kill -9`. */
  readonly kill: Effect.Effect<void>
  /** Stops it where it stands (SIGSTOP), and lets it go on after that time as if none had passed. */
  readonly freeze: (forMs: number) => Effect.Effect<void>
  /** Cuts its way to a server for that time. */
  readonly cut: (server: keyof Links, forMs: number) => Effect.Effect<void>
  /** From now on its clock is wrong by that much. */
  readonly setClock: (offsetMs: number) => Effect.Effect<void>
  /** Ends it as an operator does; it stays away until it is resumed. */
  readonly rest: Effect.Effect<void>
  readonly resume: Effect.Effect<void>
}

const signal = (pid: number, name: "SIGSTOP" | "SIGCONT") => Effect.ignore(Effect.try(() => process.kill(pid, name)))

export const makeMember = (
  program: RunningProgram,
  { clock, links, surprise }: {
    /** The file its clock goes by. */
    readonly clock: string
    readonly links: Links | undefined
    readonly surprise: (what: string) => void
  }
): Effect.Effect<Member, never, Scope.Scope> =>
  Effect.gen(function*() {
    let meant: "running" | "killed" | "resting" = "running"
    const awake = Latch.makeUnsafe(true)
    yield* Effect.gen(function*() {
      const { code, signal } = yield* program.ended
      if (meant === "resting") return yield* awake.await
      if (meant === "running") surprise(`${program.instance} ended by itself (${signal ?? `code ${code}`})`)
      meant = "running"
      yield* program.begin
    }).pipe(Effect.forever, Effect.forkScoped)

    const kill = Effect.suspend(() => {
      if (meant === "resting") return Effect.void
      meant = "killed"
      return Effect.asVoid(program.kill)
    })
    const freeze = (forMs: number) =>
      Effect.suspend(() => {
        const pid = program.pid()
        return signal(pid, "SIGSTOP").pipe(
          Effect.andThen(Effect.sleep(forMs)),
          Effect.ensuring(signal(pid, "SIGCONT"))
        )
      })
    const rest = Effect.suspend(() => {
      awake.closeUnsafe()
      meant = "resting"
      return Effect.asVoid(program.stop)
    })
    const resume = Effect.suspend(() => {
      if (meant !== "resting") return Effect.void
      meant = "running"
      return Effect.andThen(program.begin, awake.open)
    })
    return {
      name: program.name,
      instance: program.instance,
      url: program.url,
      kill,
      freeze,
      cut: (server, forMs) => links === undefined ? Effect.void : links[server].cut(forMs),
      setClock: (offsetMs) => Effect.sync(() => writeFileSync(clock, String(offsetMs))),
      rest,
      resume
    }
  })
