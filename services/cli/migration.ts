import { Effect, Layer, Option } from "effect"
import { EnvironmentLayer } from "../../layers/environment/EnvironmentLayer.ts"
import { grantRights, setRetentionFloor } from "../../layers/postgres/grants.ts"
import { migrate } from "../../layers/postgres/migrate.ts"
import { Postgres } from "../../layers/postgres/Postgres.ts"
import { PingDeadline, PostgresLayer } from "../../layers/postgres/PostgresLayer.ts"
import { SecretLayer } from "../../layers/secret/SecretLayer.ts"
import { VaultLayer } from "../../layers/vault/VaultLayer.ts"

/** Reads the same environment as the programs. */
const MigrationLayer = PostgresLayer.pipe(
  Layer.provideMerge(SecretLayer),
  Layer.provide(VaultLayer),
  // A person waits for it, and not a load balancer.
  Layer.provide(Layer.succeed(PingDeadline, 15_000)),
  Layer.provideMerge(EnvironmentLayer("web-ui"))
)

/** Brings the schema up to date, gives the programs' role its rights, and says how long events are kept at least. */
export const migration = (wanted: {
  readonly appRole: Option.Option<string>
  readonly retentionFloor: Option.Option<number>
}) =>
  Effect.gen(function*() {
    yield* Postgres.use((postgres) => postgres.ping)
    const result = yield* migrate
    if (Option.isSome(wanted.appRole)) yield* grantRights(wanted.appRole.value)
    if (Option.isSome(wanted.retentionFloor)) yield* setRetentionFloor(wanted.retentionFloor.value)
    return result
  }).pipe(Effect.provide(MigrationLayer))
