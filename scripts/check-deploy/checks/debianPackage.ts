import { Effect } from "effect"
import type { Check } from "../Check.ts"
import { madePackages } from "../packages.ts"
import { mustRun } from "../tool.ts"

/** What it overrides, with the reason, is in the package. */
export const debianPackage: Check = {
  name: "debian-package",
  what: "lintian finds neither an error nor a warning in the Debian package",
  tools: ["dpkg-deb", "lintian"],
  run: (tool) =>
    Effect.gen(function*() {
      const { debian } = yield* madePackages
      yield* mustRun(tool("lintian"), ["--fail-on", "error,warning", "--allow-root", "--color", "never", debian])
      return "no error, no warning"
    })
}
