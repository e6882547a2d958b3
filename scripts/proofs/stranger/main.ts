// Lets a stranger without a key loose on a running stack, and prints what a good sender notices of it.
import { Console, Effect } from "effect"
import { fourPrograms } from "../../../test/support/fourPrograms.ts"
import { child, childApart } from "../../bench/Child.ts"
import { runScript } from "../../command-line/Script.ts"
import { printProofs, type Proof } from "../Proof.ts"
import type { Deeds, Targets } from "./attack.ts"
import type { Answers, Posts } from "./goodSender.ts"
import { type Deed, options } from "./options.ts"

const here = "../proofs/stranger"
const allowed = 3

const count = (refused: Answers["refused"]): number => Object.values(refused).reduce((sum, some) => sum + some, 0)

const strangerAttacks = Effect.fnUntraced(function*(rate: number, seconds: number, only: ReadonlyArray<Deed>) {
  const { keys, programs, syslog } = yield* fourPrograms()
  const sender = yield* child(`${here}/goodSender.ts`)
  const posts: Posts = { url: programs.ingestor.url, key: keys.ingest, perSecond: rate, seconds }
  const send = (seconds: number) =>
    Effect.andThen(sender.tell(JSON.stringify({ ...posts, seconds })), sender.line<Answers>())

  yield* Console.error("warming up")
  yield* send(5)
  yield* Console.error("quiet")
  const quiet = yield* send(posts.seconds)
  yield* Console.error("under attack")
  const stranger = yield* childApart(`${here}/attack.ts`)
  const targets: Targets = {
    from: "127.0.0.66",
    http: Number(new URL(programs.ingestor.url).port),
    udp: syslog.udp,
    tcp: syslog.tcp,
    only
  }
  yield* stranger.tell(JSON.stringify(targets))
  yield* Effect.sleep("2 seconds")
  const attacked = yield* send(posts.seconds)
  yield* stranger.end
  const deeds = yield* stranger.line<Deeds>()
  const ratio = attacked.p99Ms / quiet.p99Ms
  const problems = [
    ...(ratio > allowed ? [`p99 is ${ratio.toFixed(1)} times what it was; ${allowed} times are allowed`] : []),
    ...[quiet, attacked].flatMap(({ refused }) =>
      count(refused) === 0 ? [] : [`refused, by status: ${JSON.stringify(refused)}`]
    )
  ]
  const proof: Proof = {
    what: "A stranger harms nobody",
    figures: {
      "posts of the good sender": quiet.sent + attacked.sent,
      "refused": count(quiet.refused) + count(attacked.refused),
      "p50 in quiet, ms": rounded(quiet.p50Ms),
      "p50 under attack, ms": rounded(attacked.p50Ms),
      "p99 in quiet, ms": rounded(quiet.p99Ms),
      "p99 under attack, ms": rounded(attacked.p99Ms),
      "longest in quiet, ms": rounded(quiet.maxMs),
      "longest under attack, ms": rounded(attacked.maxMs),
      ...Object.fromEntries(Object.entries(deeds).map(([what, times]) => [`the stranger's ${what}`, Math.round(times)]))
    },
    problems
  }
  return [proof]
}, Effect.scoped)

const rounded = (ms: number): number => Math.round(ms * 10) / 10

runScript(options, function*({ json, only, rate, seconds }) {
  yield* printProofs(yield* strangerAttacks(rate, seconds, only ?? []), json)
})
