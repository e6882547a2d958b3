import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** The key of the table, then the columns that a link of the audit chain tells. */
const linked =
  "'id', 'match', 'starts_at', 'ends_at', 'schedule', 'comment', 'catch_up', 'revision', 'created_by', 'ended_by'"

/**
 * Keeps silences, each as it was in every revision, under a version of their own: a silence makes no rule be compiled
 * anew. A change needs its link of the audit chain, as one of rules does. What ended does not come back, whoever asks.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // Times that people write are texts of one form, so that a link can tell them whatever zone a session has.
  const utc = sql.literal("'^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$'")
  yield* sql`CREATE TABLE silences (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    match jsonb NOT NULL,
    starts_at text CONSTRAINT chk_starts_at CHECK (starts_at ~ ${utc}),
    ends_at text CONSTRAINT chk_ends_at CHECK (ends_at ~ ${utc}),
    schedule jsonb,
    comment text NOT NULL CONSTRAINT chk_comment CHECK (length(comment) BETWEEN 1 AND 500),
    catch_up boolean NOT NULL,
    revision int NOT NULL DEFAULT 1,
    created_by text NOT NULL CONSTRAINT chk_created_by CHECK (created_by <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_by text CONSTRAINT chk_ended_by CHECK (ended_by <> ''),
    ended_at timestamptz,
    over_at timestamptz,
    CONSTRAINT chk_end CHECK (ends_at IS NOT NULL OR schedule IS NOT NULL)
  )`
  yield* sql`CREATE INDEX silences_over ON silences (over_at)`
  yield* sql`CREATE TABLE silence_revisions (
    silence_id int NOT NULL REFERENCES silences ON DELETE CASCADE,
    revision int NOT NULL,
    match jsonb NOT NULL,
    starts_at text,
    ends_at text,
    schedule jsonb,
    comment text NOT NULL,
    catch_up boolean NOT NULL,
    ended_by text,
    changed_at timestamptz NOT NULL,
    link bigint,
    PRIMARY KEY (silence_id, revision)
  )`
  yield* sql`CREATE TABLE silence_hits (
    silence_id int PRIMARY KEY REFERENCES silences ON DELETE CASCADE,
    hits bigint NOT NULL,
    last_hit_at timestamptz NOT NULL
  ) WITH (fillfactor = 50)`
  yield* sql`CREATE TABLE silences_version (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
  )`
  yield* sql`INSERT INTO silences_version (version) VALUES (1)`

  // The database says when a silence was made and ended, and which revision it is. A schedule is over by a day in any
  // zone, since the database may know other zones than the programs: it is exact for them, and late here.
  yield* sql`CREATE FUNCTION keep_silence() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      IF OLD.ended_by IS NOT NULL OR OLD.over_at <= now() THEN
        RAISE EXCEPTION 'silence % has ended and does not come back', OLD.id USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF NEW.id <> OLD.id OR NEW.created_by <> OLD.created_by THEN
        RAISE EXCEPTION 'silence % keeps its number and its author', OLD.id USING ERRCODE = 'integrity_constraint_violation';
      END IF;
      NEW.revision := OLD.revision + 1;
      NEW.created_at := OLD.created_at;
    ELSE
      NEW.revision := 1;
      NEW.created_at := date_trunc('milliseconds', clock_timestamp());
    END IF;
    NEW.ended_at := CASE WHEN NEW.ended_by IS NOT NULL THEN date_trunc('milliseconds', clock_timestamp()) END;
    NEW.over_at := least(NEW.ended_at, NEW.ends_at::timestamptz, ((NEW.schedule ->> 'last')::date + 4)::timestamptz);
    RETURN NEW;
  END $$`
  yield* sql`CREATE FUNCTION keep_silence_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO silence_revisions (silence_id, revision, match, starts_at, ends_at, schedule, comment, catch_up, ended_by, changed_at)
    VALUES (NEW.id, NEW.revision, NEW.match, NEW.starts_at, NEW.ends_at, NEW.schedule, NEW.comment, NEW.catch_up, NEW.ended_by,
      coalesce(NEW.ended_at, date_trunc('milliseconds', clock_timestamp())));
    RETURN NULL;
  END $$`
  // The link that tells of it says who made a revision, and why.
  yield* sql`CREATE FUNCTION link_silence_revision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    UPDATE silence_revisions SET link = (SELECT max(log.id) FROM config_audit_log log, audit_chain_head head
        WHERE head.xid = pg_current_xact_id() AND log.id >= head.since
          AND log.table_name = 'silences' AND log.record_id = NEW.silence_id::text)
      WHERE silence_id = NEW.silence_id AND revision = NEW.revision;
    RETURN NULL;
  END $$`
  yield* sql`CREATE FUNCTION bump_silences_version() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    UPDATE silences_version SET version = version + 1, changed_at = clock_timestamp();
    RETURN NULL;
  END $$`
  // Nothing is let go for 400 days, whatever the programs want; nor before events are that it held back.
  yield* sql`CREATE FUNCTION apply_silence_retention(keep_days int, batch int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER AS $$
  DECLARE
    gone int;
  BEGIN
    IF keep_days IS NULL OR keep_days < greatest(400, (SELECT days FROM retention_floor)) THEN
      RAISE EXCEPTION 'silences are kept for % days at least', (SELECT greatest(400, days) FROM retention_floor)
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    DELETE FROM silences WHERE id = ANY (ARRAY(
      SELECT id FROM silences WHERE over_at < now() - make_interval(days => keep_days) ORDER BY over_at LIMIT batch));
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
  END $$`

  yield* sql`CREATE TRIGGER silences_kept BEFORE INSERT OR UPDATE ON silences
    FOR EACH ROW EXECUTE FUNCTION keep_silence()`
  yield* sql`CREATE TRIGGER silences_revision AFTER INSERT OR UPDATE ON silences
    FOR EACH ROW EXECUTE FUNCTION keep_silence_revision()`
  yield* sql`CREATE CONSTRAINT TRIGGER silences_linked AFTER INSERT OR UPDATE ON silences
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit_link(${sql.literal(linked)})`
  yield* sql`CREATE CONSTRAINT TRIGGER silence_revisions_linked AFTER INSERT ON silence_revisions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION link_silence_revision()`
  yield* sql`CREATE TRIGGER silences_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON silences
    FOR EACH STATEMENT EXECUTE FUNCTION bump_silences_version()`
  yield* sql`CREATE TRIGGER silences_whole BEFORE TRUNCATE ON silences
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()`
  // Whoever could add a rule may silence too, until mutt migrate --app-role says otherwise.
  yield* sql`DO $$
  DECLARE
    signature text;
    writer record;
  BEGIN
    FOREACH signature IN ARRAY ARRAY['keep_silence()', 'keep_silence_revision()', 'link_silence_revision()',
      'bump_silences_version()', 'apply_silence_retention(int, int)'] LOOP
      EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', signature, current_schema());
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', signature);
    END LOOP;
    FOR writer IN SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END AS name
      FROM pg_class, aclexplode(relacl) WHERE oid = 'alert_rules'::regclass AND privilege_type = 'INSERT' AND grantee <> relowner
    LOOP
      EXECUTE format('GRANT SELECT, INSERT (match, starts_at, ends_at, schedule, comment, catch_up, created_by),
        UPDATE (match, starts_at, ends_at, schedule, comment, catch_up, ended_by) ON silences TO %s', writer.name);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE (hits, last_hit_at) ON silence_hits TO %s', writer.name);
      EXECUTE format('GRANT SELECT ON silence_revisions, silences_version TO %s', writer.name);
      EXECUTE format('GRANT EXECUTE ON FUNCTION apply_silence_retention(int, int) TO %s', writer.name);
    END LOOP;
  END $$`
})
