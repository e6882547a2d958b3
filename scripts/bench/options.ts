import { Argument, Flag } from "effect/cli"
import * as flags from "../command-line/flags.ts"
import { script } from "../command-line/Script.ts"
import { benchNames } from "./Bench.ts"

export const options = script(
  "bench",
  "Measures MUTT beside the least program that does the same, both on this machine, taking turns.",
  {
    names: Argument.String("names").pipe(
      Argument.filterMap(flags.namesOf(benchNames), flags.expectedOf(benchNames)),
      Argument.variadic(),
      Argument.map((lists) => lists.flat()),
      Argument.withDescription("The same as --only")
    ),
    rounds: flags.whole("rounds", "How often each pair is measured; medians are shown", 3),
    seconds: flags.positive("seconds", "Seconds that one measurement lasts, 0.5 at least", 5).pipe(
      Flag.filter((seconds) => seconds >= 0.5, () => "Expected at least 0.5")
    ),
    only: flags.some("only", "What to measure, with commas; without it all of these", benchNames),
    appendfsync: flags.choice(
      "appendfsync",
      ["always", "everysec"],
      "How Redis writes its file; always is what a 2xx rests on, everysec shows what that costs on this disk",
      "always"
    ),
    rows: flags.whole("rows", "Rows of the record that is searched by explain", 1_000_000, 10_000),
    minutes: flags.whole(
      "minutes",
      "Minutes for which a tail of the console is followed instead, to see that its memory stays flat",
      0,
      0
    ),
    json: flags.toggle("json", "Print JSON instead of a table")
  }
)
