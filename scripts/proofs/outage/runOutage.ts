import { Clock, Effect, Fiber, Schedule } from "effect"
import { fourPrograms } from "../../../test/support/fourPrograms.ts"
import { request } from "../../../test/support/request.ts"
import { type Guise, guises } from "../../stack/gateway.ts"
import { awaitDrained, gather, readBooks } from "../conservation/findings.ts"
import { type Posting, tokenOf, words } from "../conservation/Ledger.ts"
import { reconcile } from "../conservation/reconcile.ts"
import { configure, conservationRules, storeRules } from "../conservation/setUp.ts"
import type { Scale } from "./Scale.ts"

interface Outage {
  readonly figures: Readonly<Record<string, number | string>>
  /** Empty when no alert died and all were delivered. */
  readonly problems: ReadonlyArray<string>
}

/** What is posted when the platform is itself, before its outage and after. */
const healthy = 50

const patienceMs = 150_000

/** Requests of the forwarders, by what came of them. */
const requestsOf = (metrics: ReadonlyArray<string>): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const text of metrics) {
    for (const [, labels = "", value] of text.matchAll(/^mutt_moog_requests_total\{(.*)\} (\d+)$/gm)) {
      const reason = /reason="(\w+)"/.exec(labels)?.[1] ?? "delivered"
      counts[reason] = (counts[reason] ?? 0) + Number(value)
    }
  }
  return counts
}

/**
 * Posts events while a gateway answers at the platform's address, then heals it and reconciles where all of them are.
 */
export const runOutage = (scale: Scale, tell: (words: string) => Effect.Effect<void> = () => Effect.void) =>
  Effect.gen(function*() {
    const { keys, moog, postgres, redis, replicas, urls } = yield* fourPrograms({
      replicas: scale.replicas,
      database: storeRules(conservationRules),
      settings: scale.environment
    })
    const books = { urls, keys: { ingest: keys.ingest, viewer: keys.viewer }, postgres, redis }
    yield* configure(urls["web-ui"], keys.admin, scale.settings)
    const postings: Array<Posting> = []
    const started = yield* Clock.currentTimeMillis

    const postOne = Effect.gen(function*() {
      const atMs = (yield* Clock.currentTimeMillis) - started
      const posting: Posting = { token: tokenOf(1, postings.length), kind: "forwarded", atMs, accepted: false }
      postings.push(posting)
      const message = `${words.forwarded}, said unit ${posting.token}`
      const { ok } = yield* request(`${urls.ingestor}/api/v2/ingest`, {
        method: "POST",
        headers: { "x-api-key": keys.ingest, "content-type": "application/json" },
        body: JSON.stringify({ hostname: `device-${postings.length % 40}`, message, severity: "err" })
      })
      posting.accepted = ok
    })
    const postSome = Effect.forEach(Array.from({ length: healthy }), () => postOne, { discard: true })

    const isMet = (guise: Guise, times: number) => Effect.map(moog.met, (met) => (met[guise] ?? 0) >= times)
    const disguise = Effect.fnUntraced(function*(guise: Guise) {
      const before = (yield* moog.met)[guise] ?? 0
      yield* moog.behave({ guise })
      yield* Effect.sleep(scale.turn.ms)
      yield* isMet(guise, before + scale.turn.requests).pipe(
        Effect.repeat({ until: (met) => met, schedule: Schedule.spaced("20 millis") })
      )
    })
    const turns = Effect.repeat(Effect.forEach(guises, disguise, { discard: true }), {
      while: () => Effect.map(Clock.currentTimeMillis, (now) => now - started < scale.seconds * 1_000)
    })

    yield* postSome
    const posting = yield* Effect.forkChild(
      // A post that was sent is waited for: it may have been accepted.
      Effect.forever(Effect.andThen(Effect.uninterruptible(postOne), Effect.sleep(scale.everyMs)))
    )
    yield* turns
    const before = (yield* moog.received(Number.MAX_SAFE_INTEGER)).count
    yield* tell(`the outage is over; ${(yield* readBooks(books)).alerts.waiting} alerts wait`)
    yield* Fiber.interrupt(posting)
    yield* moog.behave({})
    const from = yield* Clock.currentTimeMillis
    yield* postSome
    const drained = yield* awaitDrained(books, patienceMs)
    const drainMs = (yield* Clock.currentTimeMillis) - from

    const findings = yield* gather(books)
    const { alerts } = findings.books
    const requests = requestsOf(
      yield* Effect.forEach(
        replicas["moog-forwarder"],
        ({ url }) => Effect.flatMap(request(`${url}/metrics`), (response) => Effect.promise(() => response.text()))
      )
    )
    const accepted = postings.filter((posting) => posting.accepted).length
    const outage: Outage = {
      figures: {
        "events answered 2xx": accepted,
        "delivered before the outage": before,
        "delivered in all": alerts.delivered,
        "dead letters": alerts.dead,
        ...Object.fromEntries(Object.entries(requests).map(([what, count]) => [`requests: ${what}`, count])),
        "drained after the outage, s": (drainMs / 1_000).toFixed(1)
      },
      problems: [
        ...(drained ? [] : [`not drained after ${patienceMs / 1_000} seconds: ${JSON.stringify(findings.books)}`]),
        ...(alerts.dead > 0 ? [`${alerts.dead} alerts became dead letters`] : []),
        ...(accepted < postings.length ? [`${postings.length - accepted} events were not answered 2xx`] : []),
        ...(Object.keys(requests).length < 5
          ? [`the outage was not what it should be: ${JSON.stringify(requests)}`]
          : []),
        ...reconcile(postings, findings, [])
      ]
    }
    return outage
  }).pipe(Effect.scoped)
