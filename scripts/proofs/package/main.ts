// Installs the packages on a bare machine by the lines of docs/INSTALL.md, and prints what came of it.
import { Console, Effect } from "effect"
import { join } from "node:path"
import { bundle } from "../../build/buildBundles.ts"
import { madePackages } from "../../check-deploy/packages.ts"
import { scratch } from "../../check-deploy/scratch.ts"
import { runScript } from "../../command-line/Script.ts"
import { possible } from "../fresh/Machine.ts"
import { printProofs } from "../Proof.ts"
import { debianInstall, npmInstall } from "./installs.ts"
import { machine } from "./Machine.ts"
import { options } from "./options.ts"

const proof = Effect.gen(function*() {
  yield* possible
  yield* Console.error("making the packages")
  const { debian, npm } = yield* madePackages
  const folder = yield* scratch
  const standIn = join(folder, "stand-in.mjs")
  yield* Effect.promise(() => bundle("scripts/moog-stand-in.ts", standIn, "."))
  yield* Console.error("booting a machine")
  const bare = yield* machine
  for (const file of [debian, npm, standIn]) yield* bare.put(file)
  const first = yield* debianInstall(bare)
  const second = yield* npmInstall(bare)
  return [first, second]
}).pipe(Effect.scoped)

runScript(options, function*({ json }) {
  yield* proof.pipe(
    Effect.flatMap((proofs) => printProofs(proofs, json)),
    // Not a failure of MUTT's: said, and that is all.
    Effect.catchTag("NoMachine", ({ message }) => Console.log(message))
  )
})
