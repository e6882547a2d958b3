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

const retentionFloor = Flag.Int("retention-floor").pipe(
  Flag.filter((days) => days >= 1 && days <= 3_650, () => "Expected 1 to 3650 days"),
  Flag.optional,
  Flag.withDescription("Days for which events are kept whatever the programs want (30 until it is said otherwise)")
)

export const migrate = Command.make(
  "migrate",
  { appRole, retentionFloor, json },
  ({ appRole, json, retentionFloor }) =>
    Effect.gen(function*() {
      // Loaded when it is wanted: no other command speaks to PostgreSQL.
      const { migration } = yield* Effect.promise(() => import("./migration.ts"))
      const result = yield* migration({ appRole, retentionFloor })
      if (json) {
        return yield* printJson({
          ...result,
          appRole: Option.getOrNull(appRole),
          retentionFloor: Option.getOrNull(retentionFloor)
        })
      }
      yield* print([
        result.done.length === 0 ? "The schema is up to date." : `Migrated: ${result.done.join(", ")}.`,
        `Event partitions made: ${result.partitionsMade}.`,
        ...(Option.isSome(appRole) ? [`${appRole.value} has the rights of the programs.`] : []),
        ...(Option.isSome(retentionFloor) ? [`Events are kept for ${retentionFloor.value} days at least.`] : [])
      ])
    })
).pipe(
  Command.withDescription("Bring the database schema up to date; safe to run at any time, also twice at once")
)
