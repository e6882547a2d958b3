// Installs what ships on bare machines by the lines of docs/INSTALL.md, and prints what came of it.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Logger } from "effect"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { bundle } from "../../build/buildBundles.ts"
import { madePackages } from "../../check-deploy/packages.ts"
import { scratch } from "../../check-deploy/scratch.ts"
import { possible } from "../fresh/Machine.ts"
import { printProofs } from "../Proof.ts"
import { composeFiles, composeInstall } from "./composeInstall.ts"
import { debianInstall, npmInstall } from "./installs.ts"
import { machine } from "./Machine.ts"

const usage = `Usage: npm run package-proof -- [options]

Boots a bare Debian 13 with systemd, PostgreSQL and Redis in namespaces of this machine (root, debootstrap), without a
network, and runs the lines of docs/INSTALL.md in it: the Debian package until its first event is delivered to a stand-in
of the platform, its purge, and the npm package until an event is delivered again. Debian's nodejs is older than MUTT
needs, so the machine has a package of that name with the Node.js of this clone.

Then compose.yaml on a machine with Docker: the image of the Dockerfile, and stand-ins of the servers' images made of
Debian's packages, until its first event is delivered; with the profile ha until another Valkey is in the place of one
that is lost.

  --only WHAT   packages or compose
  --json        print JSON instead of a table
  --help        this text
`

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})

const proof = Effect.gen(function*() {
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
    ...values.only === "compose" ? [] : yield* packaged,
    ...values.only === "packages" ? [] : yield* composed
  ]
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
