import { Effect } from "effect"
import { migrated } from "../../../test/support/migrated.ts"
import { postgresServer, redisServer } from "../../../test/support/servers.ts"
import { type WebUiProcess, webUiProcess } from "./WebUiProcess.ts"

const setting = "/api/v1/config/unhandled_threshold"

/** Reads, adds one, and writes on condition that nobody wrote meanwhile; the status of the answer. */
const increment = ({ ask }: WebUiProcess) =>
  Effect.gen(function*() {
    const { body, etag } = yield* ask("GET", setting)
    const written = yield* ask("PUT", `${setting}?wait=none`, {
      body: { value: body.value + 1 },
      headers: { "if-match": etag, prefer: "strict" }
    })
    return written.status
  })

/** As many writers at once, by turns through two web-ui processes, each of which tries once. */
export const writers = (count: number) =>
  Effect.gen(function*() {
    const [postgres, redis] = yield* Effect.all([postgresServer(), redisServer()], { concurrency: 2 })
    yield* migrated(postgres)
    const [one, two] = yield* Effect.all([webUiProcess({ postgres, redis }), webUiProcess({ postgres, redis })], {
      concurrency: 2
    })
    yield* one.ask("PUT", setting, { body: { value: 1 } })
    const statuses = yield* Effect.all(
      Array.from({ length: count }, (_, n) => increment(n % 2 === 0 ? one : two)),
      { concurrency: "unbounded" }
    )
    const written = statuses.filter((status) => status === 200).length
    const { body: now } = yield* two.ask("GET", setting)
    const { body: chain } = yield* two.ask("GET", "/api/v1/audit/verify")
    const { body: past } = yield* one.ask("GET", "/api/v1/config/history?limit=200")
    const versions: ReadonlyArray<number> = past.history.map(({ version }: { version: number }) => version)
    return {
      written,
      refused: statuses.filter((status) => status === 412).length,
      added: now.value - 1,
      links: chain.whole === true ? chain.checked - 1 : -1,
      versionsWithoutGap: versions.every((version, index) => version === versions.length - index)
    }
  }).pipe(Effect.scoped)
