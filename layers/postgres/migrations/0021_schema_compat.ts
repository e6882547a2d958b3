import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Says which programs are too old for the schema: a migration that takes something away leaves a row here. The programs
 * read it, and the list of migrations, before anything else.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE schema_compat (
    migration int PRIMARY KEY REFERENCES schema_migrations (migration_id),
    oldest_program text NOT NULL CONSTRAINT chk_oldest_program CHECK (oldest_program ~ '^[0-9]+[.][0-9]+[.][0-9]+$')
  )`
  // Whoever could add a rule is a program, until mutt migrate --app-role says otherwise.
  yield* sql`DO $$
  DECLARE
    program record;
  BEGIN
    FOR program IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS name
      FROM pg_class, aclexplode(relacl) WHERE oid = 'alert_rules'::regclass AND privilege_type = 'INSERT' AND grantee <> relowner
    LOOP
      EXECUTE format('GRANT SELECT ON schema_migrations, schema_compat TO %s', program.name);
    END LOOP;
  END $$`
})
