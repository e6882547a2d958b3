import { Budget } from "../../../src/decode/Budget.ts"
import type { Decoded, ReceiveContext } from "../../../src/decode/ReceiveContext.ts"
import { emptyDecoded } from "../../../src/decode/ReceiveContext.ts"

/** A request that arrived on 22 August 2026, with ids that count. */
export const contextOf = (over: Partial<ReceiveContext> = {}): ReceiveContext => {
  let made = 0
  return {
    at: Date.UTC(2026, 7, 22, 10, 0, 5),
    receivedAt: "2026-08-22T10:00:05.000Z",
    correlationId: "c-1",
    sender: "shipper",
    source: "http",
    newId: () => `id-${++made}`,
    ...over
  }
}

export const decoded = (run: (into: Decoded) => void, records = Infinity): Decoded => {
  const into = emptyDecoded(new Budget(Infinity, records))
  run(into)
  return into
}
