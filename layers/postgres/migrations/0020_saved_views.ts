import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Keeps the views of the console that all share. A change needs its link of the audit chain, as one of rules does; how
 * many there may be is the programs' to say.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE saved_views (
    name text PRIMARY KEY CONSTRAINT chk_name CHECK (length(name) BETWEEN 1 AND 100),
    page text NOT NULL CONSTRAINT chk_page CHECK (length(page) BETWEEN 1 AND 32),
    query text NOT NULL CONSTRAINT chk_query CHECK (length(query) <= 4000),
    saved_by text NOT NULL CONSTRAINT chk_saved_by CHECK (saved_by <> ''),
    saved_at timestamptz NOT NULL DEFAULT now()
  )`
  yield* sql`CREATE CONSTRAINT TRIGGER saved_views_linked AFTER INSERT OR UPDATE OR DELETE ON saved_views
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION require_audit_link('name', 'name', 'page', 'query', 'saved_by')`
  yield* sql`CREATE TRIGGER saved_views_whole BEFORE TRUNCATE ON saved_views
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()`
  // Whoever could add a rule may share views too, until mutt migrate --app-role says otherwise.
  yield* sql`DO $$
  DECLARE
    writer record;
  BEGIN
    FOR writer IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS name
      FROM pg_class, aclexplode(relacl) WHERE oid = 'alert_rules'::regclass AND privilege_type = 'INSERT' AND grantee <> relowner
    LOOP
      EXECUTE format('GRANT SELECT, INSERT (name, page, query, saved_by), UPDATE (page, query, saved_by, saved_at), DELETE
        ON saved_views TO %s', writer.name);
    END LOOP;
  END $$`
})
