import { Context } from "effect"
import { hostname } from "node:os"
import { performance } from "node:perf_hooks"
import process from "node:process"

/** What this process is to the machine that it runs on. Node.js and Deno tell it alike. */
export const ProcessFacts = Context.Reference<{
  /** Such as `node 24.21.0`. */
  readonly runtime: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly memoryBytes: () => number
  /** The machine's name. */
  readonly hostname: () => string
  /** The groups that it reads files by. */
  readonly groups: () => ReadonlyArray<number>
}>("mutt/layers/environment/ProcessFacts", {
  defaultValue: () => {
    const { deno, node = "" } = process.versions
    return {
      runtime: deno === undefined ? `node ${node}` : `deno ${deno}`,
      startedAt: performance.timeOrigin,
      hostname,
      memoryBytes: () => process.memoryUsage.rss(),
      // Deno knows the first alone, and Windows none.
      groups: () => [process.getegid?.() ?? [], process.getgroups?.() ?? []].flat()
    }
  }
})
