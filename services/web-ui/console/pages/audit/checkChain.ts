import type { Checkpoint } from "../../../../../src/domain/ChainEntry.ts"
import type { Verification } from "../../../../../src/logic/auditChain.ts"
import { startWorker } from "../../api/workers.ts"
import type { ToChainWorker } from "../../workers/chain.ts"
import { chainLinks } from "./chainLinks.ts"

/** The worker ended before its work did. */
class WorkerFailed extends Error {
  readonly _tag = "WorkerFailed"
  readonly detail = "The browser did not start the check, or ended it."
}

/**
 * Reads every link and lets a worker hash it, against these checkpoints. What the server says of the chain has no part
 * in it. Ends at the first fault.
 */
export const checkChain = async ({ checkpoints, onProgress, signal }: {
  readonly checkpoints: ReadonlyArray<Checkpoint>
  readonly onProgress: (state: Verification) => void
  readonly signal: AbortSignal
}): Promise<Verification> => {
  const worker = startWorker("chain")
  const tell = (said: ToChainWorker) =>
    new Promise<Verification>((resolve, reject) => {
      worker.addEventListener("message", ({ data }: MessageEvent<Verification>) => resolve(data), { once: true })
      worker.addEventListener("error", () => reject(new WorkerFailed()), { once: true })
      worker.postMessage(said)
    })
  try {
    await tell({ is: "begin", checkpoints })
    for await (const entries of chainLinks(signal)) {
      const state = await tell({ is: "links", entries })
      onProgress(state)
      if (state.fault !== undefined) return state
    }
    return await tell({ is: "end" })
  } finally {
    worker.terminate()
  }
}
