import { Context } from "effect"
import { hostname } from "node:os"
import { performance } from "node:perf_hooks"
import process from "node:process"

/** Written in by the build: see `scripts/build`. */
declare const MUTT_BUILD: string | undefined

/** What this process is to the machine that it runs on. Node.js and Deno tell it alike. */
export const ProcessFacts = Context.Reference<{
  /** Such as `node 24.21.0`. */
  readonly runtime: string
  /** The key of the bundle that it runs from, which is a hash of its sources; `null`: it runs the sources. */
  readonly build: string | null
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
      build: typeof MUTT_BUILD === "undefined" ? null : MUTT_BUILD,
      startedAt: performance.timeOrigin,
      hostname,
      memoryBytes: () => process.memoryUsage.rss(),
      // Deno knows the first alone, and Windows none.
      groups: () => [process.getegid?.() ?? [], process.getgroups?.() ?? []].flat()
    }
  }
})
