import { Effect } from "effect"
import type { Check } from "../Check.ts"
import { madePackages } from "../packages.ts"
import { mustRun } from "../tool.ts"

/** What lintian calls an error; its warnings are told. */
export const debianPackage: Check = {
  name: "debian-package",
  what: "lintian finds no error in the Debian package",
  tools: ["dpkg-deb", "lintian"],
  run: (tool) =>
    Effect.gen(function*() {
      const { debian } = yield* madePackages
      const said = yield* mustRun(tool("lintian"), ["--fail-on", "error", "--allow-root", "--color", "never", debian])
      const warnings = said.split("\n").filter((line) => line.startsWith("W:")).length
      return `no error, ${warnings} warnings`
    })
}
