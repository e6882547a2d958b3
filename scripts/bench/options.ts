import { parseArgs } from "node:util"

export const usage = `Usage: npm run bench -- [options]

Measures MUTT beside the least program that does the same, both on this machine, taking turns.

  --rounds N    how often each pair is measured; medians are shown (default 3)
  --seconds N   how long one measurement lasts (default 5)
  --only NAME   one of the names below; may be given several times
  --json        print JSON instead of a table
  --help        this text
`

export interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly only: ReadonlyArray<string>
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
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "5" },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
  const only = values.only.flatMap((value) => value.split(","))
  for (const name of only) {
    if (!names.includes(name)) throw new RangeError(`there is no bench called ${name}; there are: ${names.join(", ")}`)
  }
  return {
    rounds: Math.floor(count("rounds", values.rounds, 1)),
    seconds: count("seconds", values.seconds, 0.5),
    only,
    json: values.json,
    help: values.help
  }
}
