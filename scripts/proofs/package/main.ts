// Installs what ships on bare machines by the lines of docs/INSTALL.md, and prints what came of it.
import { Console, Effect } from "effect"
import { join } from "node:path"
import { bundle } from "../../build/buildBundles.ts"
import { madePackages } from "../../check-deploy/packages.ts"
import { scratch } from "../../check-deploy/scratch.ts"
import { runScript } from "../../command-line/Script.ts"
import { possible } from "../fresh/Machine.ts"
import { printProofs } from "../Proof.ts"
import { composeFiles, composeInstall } from "./composeInstall.ts"
import { debianInstall, npmInstall } from "./installs.ts"
import { machine } from "./Machine.ts"
import { options } from "./options.ts"

const proof = Effect.fnUntraced(function*(only: "packages" | "compose" | undefined) {
  yield* possible
  yield* Console.error("making the packages")
  const { debian, npm } = yield* madePackages
  const folder = yield* scratch
  const standIn = join(folder, "stand-in.mjs")
  yield* Effect.promise(() => bundle("scripts/moog-stand-in.ts", standIn, "."))
  const packaged = Effect.gen(function*() {
    yield* Console.error("booting a machine")
    const bare = yield* machine("systemd")
    for (const file of [debian, npm, standIn]) yield* bare.put(file)
    return [yield* debianInstall(bare), yield* npmInstall(bare)]
  }).pipe(Effect.scoped)
  const composed = Effect.gen(function*() {
    yield* Console.error("booting a machine with Docker")
    const bare = yield* machine("docker")
    for (const file of [standIn, ...yield* composeFiles(folder)]) yield* bare.put(file)
    return [yield* composeInstall(bare)]
  }).pipe(Effect.scoped)
  return [
    ...only === "compose" ? [] : yield* packaged,
    ...only === "packages" ? [] : yield* composed
  ]
}, Effect.scoped)

runScript(options, function*({ json, only }) {
  yield* proof(only).pipe(
    Effect.flatMap((proofs) => printProofs(proofs, json)),
    // Not a failure of MUTT's: said, and that is all.
    Effect.catchTag("NoMachine", ({ message }) => Console.log(message))
  )
})
