import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { print, printJson } from "./output.ts"

const json = Flag.Boolean("json").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Answer with one line of JSON on stdout")
)

const appRole = Flag.String("app-role").pipe(
  Flag.optional,
  Flag.withDescription(
    "Role the programs log in as, when it is another than the one that migrates: it gets the rights it needs"
  )
)

export const migrate = Command.make("migrate", { appRole, json }, ({ appRole, json }) =>
  Effect.gen(function*() {
    // Loaded on demand: no other command opens PostgreSQL.
    const { migration } = yield* Effect.promise(() => import("./migration.ts"))
    const result = yield* migration(appRole)
    if (json) return yield* printJson({ ...result, appRole: Option.getOrNull(appRole) })
    yield* print([
      result.done.length === 0 ? "The schema is up to date." : `Migrated: ${result.done.join(", ")}.`,
      `Event partitions made: ${result.partitionsMade}.`,
      ...(Option.isSome(appRole) ? [`${appRole.value} has the rights of the programs.`] : [])
    ])
  })).pipe(
    Command.withDescription("Bring the database schema up to date; safe to run at any time, also twice at once")
  )
