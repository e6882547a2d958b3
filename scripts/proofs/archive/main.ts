// Shows that days of events are archived before they are dropped, whatever dies meanwhile, and what that costs writers.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger, Random } from "effect"
import { parseArgs } from "node:util"
import { printProofs } from "../Proof.ts"
import { archived } from "./archived.ts"

const usage = `Usage: npm run archive-proof -- [options]

Past days are archived by a process that is killed in the middle, and dropped, and days ahead are made, while events of
now are written by the statement of the alerter. Nothing is dropped that is not archived, each object is as its manifest
says, no statement of the writer takes longer than two seconds, and an event takes 125 bytes at most.

  --days N      past days (default 4)
  --rows N      events of each (default 250000)
  --rate N      events written a second, if the machine can (default 20000)
  --kills N     how often the archiver is killed (default 4)
  --store NAME  folder, or s3: a stand-in for such a store, in this process (default folder)
  --seed N      when it is killed (default 1)
  --json        figures for programs
  --help        this text
`

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "4" },
    rows: { type: "string", default: "250000" },
    rate: { type: "string", default: "20000" },
    kills: { type: "string", default: "4" },
    store: { type: "string", default: "folder" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  const size = {
    days: Number(values.days),
    rowsADay: Number(values.rows),
    perSecond: Number(values.rate),
    kills: Number(values.kills),
    store: values.store === "s3" ? "s3" as const : "folder" as const
  }
  const proof = yield* Random.withSeed(
    archived(size, (words) => void process.stderr.write(`${words}\n`)),
    Number(values.seed)
  )
  yield* printProofs([proof], values.json)
})

main.pipe(Effect.provide(Logger.layer([])), NodeRuntime.runMain)
