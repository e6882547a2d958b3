import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { SilenceInput } from "../../src/silence/Silence.ts"
import { records } from "./corpus.ts"
import { seeded } from "./Random.ts"

const dayMs = 86_400_000

/**
 * `count` silences of a week: four in five of a host that the corpus names or might name, one in five of a glob. About
 * one event in six of the corpus comes from a host that one of 1,000 names.
 */
export const benchSilences = (count: number, now: number): ReadonlyArray<SilenceInput> => {
  const random = seeded(17)
  const hosts = [...new Set(records(20_000, 3).map(({ hostname }) => hostname))]
  return Array.from({ length: count }, (_, index) => ({
    match: {
      hosts: [
        index % 5 === 0
          ? `site${random.int(9_000)}-rack${random.int(90)}*`
          : index % 5 === 1
          ? random.pick(hosts)
          : `site${random.int(9_000)}-sw${random.int(900)}`
      ]
    },
    starts_at: new Date(now - 60_000).toISOString(),
    ends_at: new Date(now + 7 * dayMs).toISOString(),
    comment: `bench ${index}`
  }))
}

/** Replaces all silences in the database. */
export const storeSilences = (silences: ReadonlyArray<SilenceInput>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const rows = silences.map(({ comment, ends_at, match, starts_at }) => ({
      match: JSON.stringify(match),
      starts_at,
      ends_at,
      comment,
      catch_up: true,
      created_by: "bench"
    }))
    yield* sql`TRUNCATE silences CASCADE`
    for (const some of Arr.chunksOf(rows, 1_000)) yield* sql`INSERT INTO silences ${sql.insert(some)}`
  })
