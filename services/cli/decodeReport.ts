import { Effect } from "effect"
import { Flag } from "effect/cli"
import type { MisreadHostView } from "../../src/api/web-ui/DecodeReport.ts"
import { apiCommand } from "./api.ts"
import { answer, table } from "./output.ts"
import { allPages } from "./pages.ts"

const page = 200
/** Characters of a sample that a table has room for; `--json` gives all of it. */
const shownSample = 120

export const report = apiCommand(
  "report",
  "Hosts whose messages the running ingestors understood in part only, or not at all, in the last seven days",
  {
    limit: Flag.Int("limit").pipe(
      Flag.withDefault(50),
      Flag.withDescription("Hosts to list at most, the one heard of last first (50; 1,000 are kept)")
    )
  },
  function*(api, at, json) {
    const { decodeReport } = api
    const hosts = yield* allPages(
      at.limit,
      (query, left) =>
        Effect.map(decodeReport.list({ query: { ...query, limit: Math.min(page, left) } }), (found) => ({
          items: found.hosts,
          next: found.pagination.next_cursor
        }))
    )
    yield* answer(
      json,
      { hosts },
      hosts.length === 0
        ? "No host was misread in the last seven days."
        : table(["host", "address", "not understood", "first", "last", "newest"], hosts.map(row))
    )
  }
)

const row = (host: MisreadHostView): ReadonlyArray<string> => [
  host.hostname,
  host.peer ?? "",
  Object.entries(host.counts).map(([what, count]) => `${what} ${count}`).join(", "),
  host.first_at,
  host.last_at,
  host.sample.slice(0, shownSample)
]
