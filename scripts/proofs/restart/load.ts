import { Effect, type Scope } from "effect"
import type { ProgramName } from "../../stack/Program.ts"
import type { Balancer, Outcome } from "./Balancer.ts"

/** Outcome → how many requests had it, by program. */
export type Outcomes = Readonly<Record<ProgramName, Map<Outcome, number>>>

interface Load {
  readonly balancers: Readonly<Record<ProgramName, Balancer>>
  readonly keys: { readonly ingest: string; readonly viewer: string }
  /** Requests a second, of which nine in ten are events. */
  readonly rate: number
}

const tickMs = 20

/** Sends without a pause until the scope ends; `settled` waits for the answers to what was sent so far. */
export const load = ({ balancers, keys, rate }: Load): Effect.Effect<
  { readonly outcomes: Outcomes; readonly settled: Effect.Effect<void> },
  never,
  Scope.Scope
> =>
  Effect.gen(function*() {
    const outcomes: Outcomes = {
      ingestor: new Map(),
      alerter: new Map(),
      "moog-forwarder": new Map(),
      "web-ui": new Map()
    }
    const underWay = new Set<Promise<void>>()
    const count = (name: ProgramName, sent: Promise<Outcome>) => {
      const counted: Promise<void> = sent.then((outcome) => {
        outcomes[name].set(outcome, (outcomes[name].get(outcome) ?? 0) + 1)
        underWay.delete(counted)
      })
      underWay.add(counted)
    }
    const post = (n: number) =>
      count(
        "ingestor",
        balancers.ingestor.send(
          "/api/v2/ingest",
          { method: "POST", headers: { "x-api-key": keys.ingest, "content-type": "application/json" } },
          JSON.stringify({ hostname: `device-${n % 40}`, message: `restart ${n}`, severity: "info" })
        )
      )
    const others = [
      () => count("web-ui", balancers["web-ui"].send("/api/v1/config", { headers: { "x-api-key": keys.viewer } })),
      () => count("alerter", balancers.alerter.send("/healthz")),
      () => count("moog-forwarder", balancers["moog-forwarder"].send("/healthz"))
    ]
    let sent = 0
    const from = performance.now()
    const timer = setInterval(() => {
      for (const due = (performance.now() - from) / 1_000 * rate; sent < due; sent++) {
        if (sent % 10 < 9) post(sent)
        else others[(sent - 9) / 10 % others.length]?.()
      }
    }, tickMs)
    yield* Effect.addFinalizer(() => Effect.sync(() => clearInterval(timer)))
    const settled = Effect.promise(async () => {
      clearInterval(timer)
      while (underWay.size > 0) await Promise.all(underWay)
    })
    return { outcomes, settled }
  })
