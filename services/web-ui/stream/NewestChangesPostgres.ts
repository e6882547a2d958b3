import { Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { topicViews } from "../../../src/api/web-ui/Stream.ts"
import { NewestChanges, NewestChangesUnavailable } from "./NewestChanges.ts"

const decode = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({
  rules: Schema.FiniteFromString,
  silences: Schema.FiniteFromString,
  audit: Schema.NullOr(Schema.FiniteFromString),
  open: topicViews.rotation.fields.open
})]))

export const NewestChangesPostgres = Layer.effect(
  NewestChanges,
  Effect.map(SqlClient.SqlClient, (sql) =>
    NewestChanges.of({
      read: sql`SELECT
          (SELECT version::text FROM rules_version) AS rules,
          (SELECT version::text FROM silences_version) AS silences,
          (SELECT max(id)::text FROM config_audit_log) AS audit,
          (SELECT coalesce(json_agg(json_build_object('secret', secret, 'state', state, 'step', pending,
              'stopped', stopped IS NOT NULL,
              'changed_at', to_char(changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) ORDER BY secret), '[]')
            FROM secret_rotations WHERE closed_at IS NULL) AS open`.pipe(
        Effect.flatMap(decode),
        Effect.mapBoth({
          onSuccess: ([{ audit, open, rules, silences }]) => ({
            rules: { version: rules },
            silences: { version: silences },
            rotation: { open },
            audit: { newest: audit }
          }),
          onFailure: (error) =>
            new NewestChangesUnavailable({ detail: error._tag === "SqlError" ? error.reason._tag : error.message })
        })
      )
    }))
)
