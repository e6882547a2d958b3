import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"

export const options = script(
  "archive-proof",
  `Past days are archived by a process that is killed in the middle, and dropped, and days ahead are made, while events of
now are written by the statement of the alerter. Nothing is dropped that is not archived, each object is as its manifest
says, no statement of the writer takes longer than two seconds, and an event takes 125 bytes at most.`,
  {
    days: flags.whole("days", "Past days", 4),
    rows: flags.whole("rows", "Events of each", 250_000),
    rate: flags.whole("rate", "Events written a second, if the machine can", 20_000),
    kills: flags.whole("kills", "How often the archiver is killed", 4, 0),
    store: flags.choice(
      "store",
      ["folder", "s3"],
      "Where to; s3: a stand-in for such a store, in this process",
      "folder"
    ),
    seed: flags.whole("seed", "When it is killed", 1, 0),
    json: flags.json
  }
)
