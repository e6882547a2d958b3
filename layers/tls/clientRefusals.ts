import { Effect, type Scope } from "effect"
import { LogSampler } from "../../src/logic/LogSampler.ts"
import { peerNetwork } from "../../src/logic/peerNetwork.ts"
import { supervised } from "../telemetry/supervised.ts"
import { type ClientRefusal, clientsRefused, type TlsListener } from "./metrics.ts"

/** Peers that the log tells apart in one minute. */
const told = 100

/** Counts a refused client, and says it: each peer at once, and then by the minute. Plain, for events of sockets. */
export type RefuseClient = (reason: ClientRefusal, address: string | undefined, detail: string) => void

export const makeClientRefusals = (listener: TlsListener): Effect.Effect<RefuseClient, never, Scope.Scope> =>
  Effect.gen(function*() {
    const refused = clientsRefused(listener)
    const peers = new LogSampler(told)
    const context = yield* Effect.context<never>()
    const run = Effect.runForkWith(context)
    for (const series of Object.values(refused)) series.updateUnsafe(0, context)

    const say = (peer: string, more: Readonly<Record<string, string | number>>) =>
      Effect.annotateLogs(Effect.logWarning("Clients are refused by TLS."), { listener, peer, ...more })

    yield* Effect.gen(function*() {
      yield* Effect.sleep("1 minute")
      for (const [peer, count] of peers.takeUnsaid()) yield* say(peer, { count })
    }).pipe(Effect.forever, supervised(`tls.${listener}.log`))

    return (reason, address, detail) => {
      refused[reason].updateUnsafe(1, context)
      const peer = peerNetwork(address)
      if (peers.isFirst(peer)) run(say(peer, { reason, detail }))
    }
  })
