// Runs MUTT's commands as a newcomer on machines that nobody prepared, and prints what came of it.
import { Console, Effect } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type OptionsOf, runScript } from "../../command-line/Script.ts"
import { stateFolder } from "../../stack/Paths.ts"
import { base, machine, type MachineKind, nameOf, type NoMachine, possible } from "./Machine.ts"
import { kinds, options } from "./options.ts"
import { type Outcome, table, visit } from "./visit.ts"

const proof = (kind: MachineKind, tests: string): Effect.Effect<Outcome, NoMachine> =>
  Effect.gen(function*() {
    yield* Console.error(`${nameOf(kind)}:`)
    const { outcome, said } = yield* visit(yield* machine(kind), tests)
    const logs = join(stateFolder, "logs")
    mkdirSync(logs, { recursive: true })
    const log = join(logs, `fresh-${kinds.indexOf(kind) + 1}.log`)
    writeFileSync(log, said)
    for (const problem of outcome.problems) yield* Console.error(`  ${problem} (see ${log})`)
    return { machine: nameOf(kind), ...outcome }
  }).pipe(Effect.scoped)

const visits = Effect.fnUntraced(function*({ json, machines, tests, unpack }: OptionsOf<typeof options>) {
  yield* possible
  const chosen = kinds.filter((_, index) => machines?.includes(String(index + 1)) !== false)
  if (unpack) return yield* Effect.forEach(chosen, base, { discard: true })
  const outcomes = yield* Effect.forEach(chosen, (kind) => proof(kind, tests))
  yield* Console.log(json ? JSON.stringify(outcomes, undefined, 2) : table(outcomes))
  if (outcomes.some(({ problems }) => problems.length > 0)) process.exitCode = 1
})

runScript(options, function*(given) {
  // Not a failure of MUTT's: said, and that is all.
  yield* Effect.catchTag(visits(given), "NoMachine", ({ message }) => Console.log(message))
})
