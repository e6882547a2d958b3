import type { ChainEntry, Checkpoint } from "../../../../src/domain/ChainEntry.ts"
import {
  finishVerification,
  startVerification,
  type Verification,
  verifyNext
} from "../../../../src/logic/auditChain.ts"

/** What the page tells this worker; each message is answered with how far the check is. */
export type ToChainWorker =
  | { readonly is: "begin"; readonly checkpoints: ReadonlyArray<Checkpoint> }
  /** The next links, in order. */
  | { readonly is: "links"; readonly entries: ReadonlyArray<ChainEntry> }
  /** There are no more. */
  | { readonly is: "end" }

let state: Verification = startVerification
let checkpoints: ReadonlyMap<number, Checkpoint> = new Map()

const after = (said: ToChainWorker): Verification => {
  switch (said.is) {
    case "begin":
      checkpoints = new Map(said.checkpoints.map((checkpoint) => [checkpoint.seq, checkpoint]))
      return startVerification
    case "links":
      return said.entries.reduce((state, entry) => verifyNext(state, entry, checkpoints), state)
    case "end":
      return finishVerification(state, checkpoints)
  }
}

/** Hashes the links of the audit chain, so that the page goes on meanwhile. */
addEventListener("message", ({ data }: MessageEvent<ToChainWorker>) => {
  state = after(data)
  postMessage(state)
})
