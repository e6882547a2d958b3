import { Effect, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { functionRights, tableRights } from "./grants.ts"

const decodeRights = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({
  owner: Schema.Boolean,
  creates: Schema.Boolean,
  rights: Schema.Array(Schema.String),
  functions: Schema.Array(Schema.String)
})]))

/** `INSERT (a, b)` as `INSERT t.a`, `INSERT t.b`; a right to the whole table as `INSERT t`. */
export const rightsNamed = (table: string, rights: string): ReadonlyArray<string> =>
  Array.from(rights.matchAll(/(\w+)(?: \(([^)]*)\))?/g)).flatMap(([, right = "", columns]) =>
    columns === undefined ? [`${right} ${table}`] : columns.split(", ").map((column) => `${right} ${table}.${column}`)
  )

const needed = new Set(Object.entries(tableRights).flatMap(([table, rights]) => rightsNamed(table, rights)))

/** What the role that is logged in may do, by table, and by column where it may not do it to all of a table. */
export const rightsHeld = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [held] = yield* sql`WITH tables AS (
      SELECT oid, relname, relowner FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
    ), held AS (
      SELECT word || ' ' || relname || coalesce('.' || attname, '') AS name
      FROM tables CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS t (word)
      LEFT JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped
        AND word IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND NOT has_table_privilege(oid, word)
      WHERE CASE WHEN attnum IS NULL THEN has_table_privilege(oid, word) ELSE has_column_privilege(oid, attnum, word) END
    )
    SELECT coalesce(bool_or(pg_has_role(relowner, 'USAGE')), false) AS owner,
      has_schema_privilege(current_schema(), 'CREATE') AS creates,
      (SELECT coalesce(json_agg(name ORDER BY name), '[]') FROM held) AS rights,
      (SELECT coalesce(json_agg(proname || '(' || pg_get_function_identity_arguments(oid) || ')'), '[]') FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND prosecdef AND has_function_privilege(oid, 'EXECUTE')) AS functions
    FROM tables`.pipe(Effect.flatMap(decodeRights), Effect.catchTag("SchemaError", Effect.die))
  return held
})

const called = new Set(functionRights.map((signature) => signature.slice(0, signature.indexOf("("))))

/** What it may do that the programs need not, in words; nothing where `mutt migrate --app-role` gave the rights. */
export const wideRights: Effect.Effect<ReadonlyArray<string>, SqlError.SqlError, SqlClient.SqlClient> = Effect.map(
  rightsHeld,
  ({ creates, functions, owner, rights }) => {
    if (owner) return ["everything: it is the owner of the tables, or may act as one"]
    const wide = rights.filter((right) => !needed.has(right) && !needed.has(right.replace(/\.\w+$/, "")))
    const others = functions.filter((name) => !called.has(name.slice(0, name.indexOf("("))))
    return [...wide, ...others.map((name) => `EXECUTE ${name}`), ...(creates ? ["CREATE in the schema"] : [])]
  }
)
