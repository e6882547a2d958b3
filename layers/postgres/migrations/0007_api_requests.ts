import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/**
 * Creates the record of requests with an `Idempotency-Key` and their answers. It is written in the transaction of the
 * change; for a change that is no single transaction, when it begins and when it ends. `config_requests` did the same
 * for settings alone: programs of the version before still write to it during an upgrade.
 */
export default Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE TABLE api_requests (
    caller varchar(100) NOT NULL,
    idempotency_key varchar(128) NOT NULL,
    method varchar(10) NOT NULL,
    path text NOT NULL,
    body_hash text NOT NULL CONSTRAINT chk_body_hash CHECK (body_hash ~ '^[0-9a-f]{64}$'),
    operation uuid NOT NULL DEFAULT gen_random_uuid(),
    made_at timestamptz NOT NULL DEFAULT now(),
    under_way_until timestamptz,
    status int,
    etag text,
    answer text,
    PRIMARY KEY (caller, idempotency_key)
  )`
  yield* sql`CREATE INDEX api_requests_age ON api_requests (made_at)`
})
