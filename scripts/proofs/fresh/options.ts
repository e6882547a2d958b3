import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"
import { type MachineKind, nameOf } from "./Machine.ts"

const bare: MachineKind = { suite: "bookworm", user: "ann", python: "no", folder: "mutt", umask: "022", home: "yes" }

export const kinds: ReadonlyArray<MachineKind> = [
  { ...bare, folder: "Mütt 3", umask: "077" },
  { ...bare, user: "root" },
  { ...bare, python: "yes" },
  { ...bare, suite: "trixie" },
  { ...bare, suite: "trixie", user: "root", python: "yes" },
  { ...bare, suite: "trixie", python: "yes", folder: "Mütt 3", home: "no" }
]

export const options = script(
  "fresh-proof",
  `Makes bare Debian machines in namespaces of this one (root, debootstrap) and runs in each: npm start, the README's
samples, npm start again without a network, and npm test. What they printed is kept in .mutt/logs/fresh-*.log.`,
  {
    machines: flags.someOf(
      "machines",
      "Which, with commas; without it all of these",
      Object.fromEntries(kinds.map((kind, index) => [String(index + 1), nameOf(kind)]))
    ),
    tests: flags.choice("tests", ["all", "fast", "none"], "What of npm test; fast: each server and client once", "all"),
    unpack: flags.toggle("unpack", "Unpack them and run nothing in them; a later run finds them"),
    json: flags.json
  }
)
