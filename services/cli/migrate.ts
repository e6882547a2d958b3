import { Effect, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { print, printJson } from "./output.ts"

/** What was given does not go together. */
class MigrationRefused extends Schema.TaggedError<MigrationRefused>()("MigrationRefused", { detail: Schema.String }) {
  override get message() {
    return this.detail
  }
}

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

const plan = Flag.Boolean("plan").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Change nothing: print what would be done, statement by statement, and what each locks")
)

const force = Flag.Boolean("force").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Take away what programs need that run; they fail then. Needs --reason")
)

const reason = Flag.String("reason").pipe(
  Flag.filter((words) => words.trim() !== "", () => "Expected why, in words"),
  Flag.optional,
  Flag.withDescription("Why it is forced, for the audit chain")
)

export const migrate = Command.make(
  "migrate",
  { appRole, retentionFloor, plan, force, reason, json },
  ({ appRole, force, json, plan, reason, retentionFloor }) =>
    Effect.gen(function*() {
      if (force !== Option.isSome(reason)) {
        return yield* new MigrationRefused({ detail: "--force and --reason go together" })
      }
      // Loaded when it is wanted: no other command speaks to PostgreSQL.
      const { migration, migrationPlan, planLines } = yield* Effect.promise(() => import("./migration.ts"))
      if (plan) {
        const planned = yield* migrationPlan
        return yield* json ? printJson(planned) : print(planLines(planned))
      }
      const result = yield* migration({ appRole, retentionFloor, force: Option.getOrUndefined(reason) })
      if (json) {
        return yield* printJson({
          ...result,
          appRole: Option.getOrNull(appRole),
          retentionFloor: Option.getOrNull(retentionFloor)
        })
      }
      yield* print([
        result.done.length > 0
          ? `Migrated: ${result.done.join(", ")}.`
          : result.left === undefined
          ? "The schema is up to date."
          : "Nothing was migrated.",
        ...(result.left === undefined ? [] : [`Left for later: ${result.left}`]),
        `Event partitions made: ${result.partitionsMade}.`,
        ...(result.indexesBuilt === 0 ? [] : [`Partitions that got an index they lacked: ${result.indexesBuilt}.`]),
        ...(Option.isSome(appRole) ? [`${appRole.value} has the rights of the programs.`] : []),
        ...(Option.isSome(retentionFloor) ? [`Events are kept for ${retentionFloor.value} days at least.`] : [])
      ])
    })
).pipe(
  Command.withDescription("Bring the database schema up to date; safe to run at any time, also twice at once")
)
