// Lets a stranger without a key loose on a running stack, and prints what a good sender notices of it.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { parseArgs } from "node:util"
import { fourPrograms } from "../../../test/support/fourPrograms.ts"
import { child, childApart } from "../../bench/Child.ts"
import { printProofs, type Proof } from "../Proof.ts"
import type { Deeds, Targets } from "./attack.ts"
import type { Answers, Posts } from "./goodSender.ts"

const usage = `Usage: npm run stranger-proof -- [options]

A stack of its own. A good sender posts from one address; then a stranger on another opens connections and says nothing, begins requests and
does not end them, guesses keys, and sends junk to the syslog ports, all at once and as fast as it can. The good sender's posts must all be
answered 200, and its slowest hundredth may take 3 times as long as before.

  --seconds N      seconds of quiet, and of attack (default 20)
  --rate N         posts of the good sender a second (default 200)
  --only DEED      one deed of the stranger alone (may be given again)
  --json           print JSON instead of a table
  --help           this text
`

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    rate: { type: "string", default: "200" },
    only: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const here = "../proofs/stranger"
const allowed = 3

const count = (refused: Answers["refused"]): number => Object.values(refused).reduce((sum, some) => sum + some, 0)

const run = Effect.gen(function*() {
  const { keys, programs, syslog } = yield* fourPrograms()
  const sender = yield* child(`${here}/goodSender.ts`)
  const posts: Posts = {
    url: programs.ingestor.url,
    key: keys.ingest,
    perSecond: Number(values.rate),
    seconds: Number(values.seconds)
  }
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
    only: values.only
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
}).pipe(Effect.scoped)

const rounded = (ms: number): number => Math.round(ms * 10) / 10

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  yield* printProofs(yield* run, values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)
