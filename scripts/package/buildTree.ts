import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { bundle } from "../build/buildBundles.ts"
import { bundled } from "../build/bundles.ts"
import { buildConsole } from "../console/buildConsole.ts"
import { repository, stateFolder } from "../stack/Paths.ts"
import { commandFile, commandFiles } from "./commandFile.ts"
import { treeFolder } from "./Dist.ts"

/** In a clone the console lies in a hidden folder, beside what else is made there. */
const console = { inClone: "/.mutt/console/", inPackage: "/console/" }

const moveConsole = (file: string) => {
  const text = readFileSync(file, "utf8")
  if (!text.includes(console.inClone)) throw new Error(`${file} does not say where the console is`)
  writeFileSync(file, text.replaceAll(console.inClone, console.inPackage))
}

/** Makes `bin` and `lib`: the bundles, the scripts of Redis, and the console. */
export const buildTree = async (): Promise<void> => {
  const lib = join(treeFolder, "lib")
  rmSync(treeFolder, { recursive: true, force: true })
  for (const folder of [lib, join(treeFolder, "bin")]) mkdirSync(folder, { recursive: true })

  await buildConsole()
  for (const name of bundled) await bundle(`services/${name}/main.ts`, join(lib, `${name}.mjs`), ".")
  await bundle("scripts/setup-servers.ts", join(lib, "setup-servers.mjs"), ".")
  moveConsole(join(lib, "web-ui.mjs"))

  const scripts = "layers/queue/lua"
  cpSync(join(repository, scripts), join(lib, scripts), { recursive: true })
  const built = join(stateFolder, "console")
  // The rest is for the build.
  for (const name of ["index.html", "assets"]) {
    cpSync(join(built, name), join(lib, "console", name), { recursive: true })
  }
  for (const name of Object.keys(commandFiles)) {
    const file = join(treeFolder, "bin", name)
    writeFileSync(file, commandFile(name))
    chmodSync(file, 0o755)
  }
}
