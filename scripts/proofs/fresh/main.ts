// Runs MUTT's commands as a newcomer on machines that nobody prepared, and prints what came of it.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { stateFolder } from "../../stack/Paths.ts"
import { machine, type MachineKind, nameOf, type NoMachine, possible } from "./Machine.ts"
import { type Outcome, table, visit } from "./visit.ts"

const usage = `Usage: npm run fresh-proof -- [options]

Makes bare Debian machines in namespaces of this one (root, debootstrap) and runs in each: npm start, the README's samples, npm start again
without a network, and npm test. What they printed is kept in .mutt/logs/fresh-*.log.

  --machines N    only machine N of the list below (may be given again)
  --tests KIND    all (default), fast (each server and client once), none
  --json          print JSON instead of a table
  --help          this text

Machines:
`

const bare: MachineKind = { suite: "bookworm", user: "ann", python: "no", folder: "mutt", umask: "022", home: "yes" }

const kinds: ReadonlyArray<MachineKind> = [
  { ...bare, folder: "Mütt 3", umask: "077" },
  { ...bare, user: "root" },
  { ...bare, python: "yes" },
  { ...bare, suite: "trixie" },
  { ...bare, suite: "trixie", user: "root", python: "yes" },
  { ...bare, suite: "trixie", python: "yes", folder: "Mütt 3", home: "no" }
]

const { values } = parseArgs({
  options: {
    machines: { type: "string", multiple: true, default: kinds.map((_, index) => String(index + 1)) },
    tests: { type: "string", default: "all" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const chosen = kinds.filter((_, index) => values.machines.includes(String(index + 1)))

const proof = (kind: MachineKind): Effect.Effect<Outcome, NoMachine> =>
  Effect.gen(function*() {
    yield* Console.error(`${nameOf(kind)}:`)
    const { outcome, said } = yield* visit(yield* machine(kind), values.tests)
    const logs = join(stateFolder, "logs")
    mkdirSync(logs, { recursive: true })
    const log = join(logs, `fresh-${kinds.indexOf(kind) + 1}.log`)
    writeFileSync(log, said)
    for (const problem of outcome.problems) yield* Console.error(`  ${problem} (see ${log})`)
    return { machine: nameOf(kind), ...outcome }
  }).pipe(Effect.scoped)

const main = Effect.gen(function*() {
  if (values.help) {
    return yield* Console.log(usage + kinds.map((kind, index) => `  ${index + 1}  ${nameOf(kind)}`).join("\n"))
  }
  yield* possible
  const outcomes = yield* Effect.forEach(chosen, proof)
  yield* Console.log(values.json ? JSON.stringify(outcomes, undefined, 2) : table(outcomes))
  if (outcomes.some(({ problems }) => problems.length > 0)) process.exitCode = 1
})

main.pipe(
  // Not a failure of MUTT's: said, and that is all.
  Effect.catchTag("NoMachine", ({ message }) => Console.log(message)),
  Effect.provide(Logger.layer([])),
  NodeRuntime.runMain
)
