import { Effect } from "effect"
import { copyFileSync, cpSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { programNames } from "../../stack/Program.ts"
import { CannotRun, type Check } from "../Check.ts"
import { madePackages } from "../packages.ts"
import { scratch } from "../scratch.ts"
import { mustRun, noneOf } from "../tool.ts"

/** Tenths of what systemd calls exposure; an ordinary unit has 96. */
const mostExposure = 20

const units = "usr/lib/systemd/system"

/** The units as the package installs them, among the targets that every system has. */
const asInstalled = (packageRoot: string, folder: string) =>
  Effect.try({
    try: () => {
      cpSync(join(packageRoot, "usr"), join(folder, "usr"), { recursive: true, verbatimSymlinks: true })
      const system = join("/", units)
      for (const name of readdirSync(system).filter((name) => /\.(?:target|slice)$/.test(name))) {
        copyFileSync(join(system, name), join(folder, units, name))
      }
    },
    catch: (error) => new CannotRun({ because: `the units of this system cannot be copied: ${String(error)}` })
  })

export const systemdUnits: Check = {
  name: "systemd",
  what: `the units are right, and none is exposed by more than ${mostExposure / 10} of 10`,
  tools: ["dpkg-deb", "systemd-analyze"],
  run: (tool) =>
    Effect.gen(function*() {
      const { debianRoot } = yield* madePackages
      const root = yield* scratch
      yield* asInstalled(debianRoot, root)
      const analyze = tool("systemd-analyze")
      const instances = programNames.map((name) => `mutt-${name}@1.service`)
      const { said } = yield* mustRun(analyze, ["verify", "--man=no", `--root=${root}`, ...instances, "mutt.target"])
      yield* noneOf(said === "" ? [] : said.split("\n"))
      const options = ["--no-pager", "--offline=true", `--threshold=${mostExposure}`, `--root=${root}`]
      const levels = yield* Effect.forEach(instances, (name) =>
        Effect.map(
          mustRun(analyze, ["security", ...options, name]),
          ({ out }) => Number(/exposure level for .*: ([\d.]+)/.exec(out)?.[1])
        ))
      return `${instances.length} units and their target; exposure ${Math.max(...levels)} of 10 at most`
    }).pipe(Effect.scoped)
}
