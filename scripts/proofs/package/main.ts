// Installs the packages on a bare machine by the lines of docs/INSTALL.md, and prints what came of it.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { bundle } from "../../build/buildBundles.ts"
import { madePackages } from "../../check-deploy/packages.ts"
import { scratch } from "../../check-deploy/scratch.ts"
import { possible } from "../fresh/Machine.ts"
import { printProofs } from "../Proof.ts"
import { debianInstall, npmInstall } from "./installs.ts"
import { machine } from "./Machine.ts"

const usage = `Usage: npm run package-proof -- [options]

Boots a bare Debian 13 with systemd, PostgreSQL and Redis in namespaces of this machine (root, debootstrap), without a
network, and runs the lines of docs/INSTALL.md in it: the Debian package until its first event is delivered to a stand-in
of the platform, its purge, and the npm package until an event is delivered again. Debian's nodejs is older than MUTT
needs, so the machine has a package of that name with the Node.js of this clone.

  --json    print JSON instead of a table
  --help    this text
`

const { values } = parseArgs({
  options: { json: { type: "boolean", default: false }, help: { type: "boolean", default: false } }
})

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

const main = Effect.gen(function*() {
  if (values.help) return yield* Console.log(usage)
  yield* printProofs(yield* proof, values.json)
})

main.pipe(
  // Not a failure of MUTT's: said, and that is all.
  Effect.catchTag("NoMachine", ({ message }) => Console.log(message)),
  Effect.provide(Logger.layer([])),
  NodeRuntime.runMain
)
