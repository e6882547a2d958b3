import { Effect, type FileSystem, Layer, Option } from "effect"
import { EnvironmentLayer } from "../../layers/environment/EnvironmentLayer.ts"
import { Instances } from "../../layers/instances/Instances.ts"
import { InstancesRedis } from "../../layers/instances/InstancesRedis.ts"
import { processTopic } from "../../layers/instances/processTopic.ts"
import type { RunningPrograms } from "../../layers/postgres/contracts.ts"
import { grantRights, setRetentionFloor } from "../../layers/postgres/grants.ts"
import { migrateWith } from "../../layers/postgres/migrate.ts"
import { planMigrations, type PlannedMigration } from "../../layers/postgres/planMigrations.ts"
import { Postgres } from "../../layers/postgres/Postgres.ts"
import { PingDeadline, PostgresLayer } from "../../layers/postgres/PostgresLayer.ts"
import { RedisLayer } from "../../layers/redis/RedisLayer.ts"
import { SecretLayer } from "../../layers/secret/SecretLayer.ts"
import { VaultLayer } from "../../layers/vault/VaultLayer.ts"

/** Reads the same environment as the programs. */
const ServersLayer = SecretLayer.pipe(Layer.provide(VaultLayer), Layer.provideMerge(EnvironmentLayer("web-ui")))

const MigrationLayer = PostgresLayer.pipe(
  // A person waits for it, and not a load balancer.
  Layer.provide(Layer.succeed(PingDeadline, 15_000)),
  Layer.provideMerge(ServersLayer)
)

/** Whom the registry of running processes names. It is in Redis, which is asked when that matters. */
export const whoRuns = Instances.use((instances) => instances.list(processTopic)).pipe(
  Effect.map((all) => all.instances),
  Effect.catchTag("InstancesUnavailable", () => Effect.fail({ detail: "Redis does not answer" })),
  Effect.timeoutOrElse({ duration: "10 seconds", orElse: () => Effect.fail({ detail: "Redis does not answer" }) }),
  Effect.provide(InstancesRedis.pipe(Layer.provide(RedisLayer))),
  Effect.provide(ServersLayer),
  Effect.catchTag("StaticConfigInvalid", ({ message }) => Effect.fail({ detail: message }))
)

/** Brings the schema up to date, gives the programs' role its rights, and says how long events are kept at least. */
export const migration = (wanted: {
  readonly appRole: Option.Option<string>
  readonly retentionFloor: Option.Option<number>
  /** Why what takes something away is done whoever runs. */
  readonly force: string | undefined
}) =>
  Effect.gen(function*() {
    yield* Postgres.use((postgres) => postgres.ping)
    const running: RunningPrograms = Effect.provideContext(whoRuns, yield* Effect.context<FileSystem.FileSystem>())
    const result = yield* migrateWith({ running, force: wanted.force })
    if (Option.isSome(wanted.appRole)) yield* grantRights(wanted.appRole.value)
    if (Option.isSome(wanted.retentionFloor)) yield* setRetentionFloor(wanted.retentionFloor.value)
    return result
  }).pipe(Effect.provide(MigrationLayer))

/** What that would do to the schema. */
export const migrationPlan = Effect.andThen(Postgres.use((postgres) => postgres.ping), planMigrations()).pipe(
  Effect.provide(MigrationLayer)
)

/** As SQL, with what each statement locks. */
export const planLines = (planned: ReadonlyArray<PlannedMigration>): ReadonlyArray<string> =>
  planned.length === 0
    ? ["The schema is up to date: nothing would be done."]
    : planned.flatMap(({ kind, name, statements }) => [
      `-- ${name} (${kind})`,
      ...statements.flatMap(({ locks, sql }) => [
        ...`${sql};`.split("\n"),
        `-- locks: ${locks.length === 0 ? "nothing more" : locks.join(", ")}`
      ])
    ])
