import { runtimeFlags } from "../../services/runtimeFlags.ts"
import { programNames } from "../stack/Program.ts"

/** Each command of a package, and the file in `lib` that it runs. */
export const commandFiles: Readonly<Record<string, string>> = {
  mutt: "cli.mjs",
  ...Object.fromEntries(programNames.map((name) => [`mutt-${name}`, `${name}.mjs`])),
  "mutt-setup-servers": "setup-servers.mjs"
}

const programs: ReadonlySet<string> = new Set(programNames.map((name) => `mutt-${name}`))

/** What a command is: a few lines of shell that start Node as production wants it. */
export const commandFile = (name: string): string => {
  const flags = runtimeFlags.node.join(" ")
  const start = programs.has(name)
    ? `exec node ${flags} "$lib/${commandFiles[name]}" "$@"`
    : `[ "\${1:-}" != run ] || exec node ${flags} "$lib/${commandFiles[name]}" "$@"\nexec node "$lib/${
      commandFiles[name]
    }" "$@"`
  return `#!/bin/sh
# Node's flags and MALLOC_ARENA_MAX keep the memory of a program small.
lib=$(dirname -- "$(readlink -f -- "$0")")/../lib
export MALLOC_ARENA_MAX="\${MALLOC_ARENA_MAX:-2}"
${start}
`
}
