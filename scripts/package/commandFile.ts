import { runtimeFlags } from "../../services/runtimeFlags.ts"
import { programNames } from "../stack/Program.ts"

/** Each command of a package, and the file in `lib` that it runs. */
export const commandFiles: Readonly<Record<string, string>> = {
  mutt: "cli.mjs",
  ...Object.fromEntries(programNames.map((name) => [`mutt-${name}`, `${name}.mjs`])),
  "mutt-setup-servers": "setup-servers.mjs"
}

const programs: ReadonlySet<string> = new Set(programNames.map((name) => `mutt-${name}`))

/** What a command is: a few lines of shell that start Node, as production wants it where a program is started. */
export const commandFile = (name: string): string => {
  const flags = programs.has(name) ? `${runtimeFlags.node.join(" ")} ` : ""
  return `#!/bin/sh
lib=$(dirname -- "$(readlink -f -- "$0")")/../lib
# One heap for each thread would double the memory of a program.
export MALLOC_ARENA_MAX="\${MALLOC_ARENA_MAX:-2}"
exec node ${flags}"$lib/${commandFiles[name]}" "$@"
`
}
