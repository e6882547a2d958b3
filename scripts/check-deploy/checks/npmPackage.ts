import { Effect } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { commandFiles } from "../../package/commandFile.ts"
import { version } from "../../package/Dist.ts"
import type { Check } from "../Check.ts"
import { madePackages } from "../packages.ts"
import { scratch } from "../scratch.ts"
import { mustRun, noneOf, ran } from "../tool.ts"

/** It installs nothing beside itself, in an empty folder and without a network, and its commands run. */
export const npmPackage: Check = {
  name: "npm-package",
  what: "the npm package installs into an empty prefix, offline, and its commands run",
  tools: ["npm"],
  run: (tool) =>
    Effect.gen(function*() {
      const { npm } = yield* madePackages
      const prefix = yield* scratch
      const options = ["--global", "--offline", "--no-audit", "--no-fund", "--prefix", prefix]
      yield* mustRun(tool("npm"), ["install", ...options, npm])
      const folder = join(prefix, "lib/node_modules/mutt")
      const { out: printed } = yield* mustRun(join(prefix, "bin/mutt"), ["--version"])
      // Without a setting that it needs, a program says so and ends with 1.
      const { code, said } = yield* ran(join(prefix, "bin/mutt"), ["run", "moog-forwarder"])
      const text = (name: string) => readFileSync(join(folder, name), "utf8")
      yield* noneOf([
        ...Object.keys(commandFiles).flatMap((name) =>
          existsSync(join(prefix, "bin", name)) ? [] : [`bin/${name} is missing`]
        ),
        ...existsSync(join(folder, "node_modules")) ? ["it installed other packages"] : [],
        ...printed.includes(version) ? [] : [`mutt --version says ${printed}`],
        ...code === 1 && said.includes("MOOG_WEBHOOK_URL") ? [] : [`mutt run ended with ${code}: ${said}`],
        ...["effect", "ioredis", "react"].flatMap((name) =>
          text("NOTICE").includes(`\n${name} `) && text("sbom.cdx.json").includes(`"name": "${name}"`)
            ? []
            : [`NOTICE or sbom.cdx.json lack ${name}`]
        )
      ])
      return `${Object.keys(commandFiles).length} commands, no other package`
    }).pipe(Effect.scoped)
}
