import { parseArgs } from "node:util"

/**
 * Reads the switches of a script that each start and each test runs: loading `effect/cli` would take it half a second.
 * Ends the process when help is asked for, and with 2 when the command line can't be used.
 */
export const readSwitches = <Name extends string>(
  script: string,
  usage: string,
  names: ReadonlyArray<Name>
): ReadonlySet<Name> => {
  try {
    const options = Object.fromEntries(["help", ...names].map((name) => [name, { type: "boolean" } as const]))
    const { values } = parseArgs({ options })
    if (values["help"] !== true) return new Set(names.filter((name) => values[name] === true))
    process.stdout.write(usage)
    return process.exit(0)
  } catch (error) {
    const [said = ""] = String(error instanceof Error ? error.message : error).split(". ")
    process.stderr.write(`${said}\n\nnpm run ${script} -- --help says what there is.\n`)
    return process.exit(2)
  }
}
