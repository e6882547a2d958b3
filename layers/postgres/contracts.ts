import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { isOlderThan } from "../../src/logic/programVersion.ts"

/** A process that has told of itself in the last minute. */
export interface RunningProgram {
  readonly instance: string
  readonly version: string
}

/** Who runs now. Fails with words for people when that cannot be known. */
export type RunningPrograms = Effect.Effect<ReadonlyArray<RunningProgram>, { readonly detail: string }>

interface Wanted {
  readonly name: string
  readonly oldestProgram: string
  readonly running: RunningPrograms | undefined
  readonly force: string | undefined
}

const mostNamed = 5

const named = (programs: ReadonlyArray<RunningProgram>): string => {
  const first = programs.slice(0, mostNamed).map(({ instance, version }) => `${instance} (${version})`)
  const more = programs.length - first.length
  return `${first.join(", ")}${more === 0 ? "" : ` and ${more} more`}`
}

/** Whether a migration that takes something away may be done. */
interface ContractAnswer {
  /** Programs that run and need what is taken away. */
  readonly older: ReadonlyArray<RunningProgram>
  /** Why it is not done now; `undefined`: it may be. */
  readonly refused: string | undefined
}

const advice = "Or say --force --reason WHY, and they fail."

/** Refuses what takes something away from programs that run, unless it is forced. */
export const askContract = Effect.fnUntraced(
  function*({ force, name, oldestProgram, running }: Wanted): Effect.fn.Return<ContractAnswer> {
    if (running === undefined) return { older: [], refused: undefined }
    const answer = yield* Effect.result(running)
    if (answer._tag === "Failure") {
      return {
        older: [{ instance: "unknown", version: "unknown" }],
        refused: force === undefined
          ? `${name} takes something away, and who runs cannot be seen: ${answer.failure.detail}. ${advice}`
          : undefined
      }
    }
    const older = answer.success.filter(({ version }) => isOlderThan(version, oldestProgram))
    return {
      older,
      refused: older.length === 0 || force !== undefined
        ? undefined
        : `${name} takes something away that programs before ${oldestProgram} need, and in the last minute these ran: ` +
          `${named(older)}. Bring them to ${oldestProgram}, or stop them, and run this again a minute later. ${advice}`
    }
  }
)

/** Puts into the audit chain that it was forced, against whom, and why. */
export const recordForced = (name: string, older: ReadonlyArray<RunningProgram>, reason = "") =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) =>
      sql`SELECT append_audit_link(session_user::text, 'UPDATE', 'schema_migrations', ${name}, NULL,
      ${JSON.stringify({ forced: true, running: named(older) })}::text::jsonb, ${reason}, NULL)`
  )
