import { parseArgs } from "node:util"
import type { Appendfsync } from "./Harness.ts"

export const usage = `Usage: npm run bench -- [NAME…] [options]

Measures MUTT beside the least program that does the same, both on this machine, taking turns.

  --rounds N    how often each pair is measured; medians are shown (default 3)
  --seconds N   how long one measurement lasts (default 5)
  --only NAME   the same as NAME: one of the names below; may be given several times
  --appendfsync always|everysec
                how Redis writes its file: always is what npm start uses and what a 2xx rests on (default);
                everysec shows what that costs on this disk
  --rows N      rows of the record that is searched by explain (default 1000000)
  --minutes N   follow a tail of the console for so long instead, and see that its memory stays flat
  --json        print JSON instead of a table
  --help        this text
`

interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly only: ReadonlyArray<string>
  readonly appendfsync: Appendfsync
  readonly rows: number
  readonly minutes: number
  readonly json: boolean
  readonly help: boolean
}

const count = (name: string, text: string, least: number): number => {
  const value = Number(text)
  if (!Number.isFinite(value) || value < least) {
    throw new RangeError(`--${name} wants a number of at least ${least}, not ${text}`)
  }
  return value
}

/** Throws with a sentence for people when the arguments can't be used. */
export const parseOptions = (args: ReadonlyArray<string>, names: ReadonlyArray<string>): Options => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "5" },
      only: { type: "string", multiple: true, default: [] },
      appendfsync: { type: "string", default: "always" },
      rows: { type: "string", default: "1000000" },
      minutes: { type: "string", default: "0" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
  const only = [...values.only, ...positionals].flatMap((value) => value.split(","))
  for (const name of only) {
    if (!names.includes(name)) throw new RangeError(`there is no bench called ${name}; there are: ${names.join(", ")}`)
  }
  const { appendfsync } = values
  if (appendfsync !== "always" && appendfsync !== "everysec") {
    throw new RangeError(`--appendfsync is always or everysec, not ${appendfsync}`)
  }
  return {
    appendfsync,
    rounds: Math.floor(count("rounds", values.rounds, 1)),
    seconds: count("seconds", values.seconds, 0.5),
    only,
    rows: Math.floor(count("rows", values.rows, 10_000)),
    minutes: Math.floor(count("minutes", values.minutes, 0)),
    json: values.json,
    help: values.help
  }
}
