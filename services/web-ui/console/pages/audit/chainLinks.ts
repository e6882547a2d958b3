import type { ChainEntry } from "../../../../../src/domain/ChainEntry.ts"
import { ask } from "../../api/client.ts"

/** As many as one answer may have. */
const most = 1_000

/** The links of the chain in order, an answer at a time. */
export async function* chainLinks(signal: AbortSignal): AsyncGenerator<ReadonlyArray<ChainEntry>> {
  let from = 1
  for (;;) {
    signal.throwIfAborted()
    const query = { from, limit: most }
    const { entries } = await ask((api) => api.auditLogs.chain({ query }), signal)
    const last = entries.at(-1)
    if (last === undefined) return
    yield entries
    from = last.seq + 1
  }
}
