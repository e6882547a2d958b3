import { Effect } from "effect"
import { basename, join } from "node:path"
import { sha256OfFile } from "../../package/sha256OfFile.ts"
import { repository } from "../../stack/Paths.ts"
import type { Check } from "../Check.ts"
import { madePackages } from "../packages.ts"
import { scratch } from "../scratch.ts"
import { mustRun, noneOf } from "../tool.ts"

/** Bundles, console and packages are all made anew. */
export const reproducible: Check = {
  name: "reproducible",
  what: "the packages, made twice, are the same to the byte",
  tools: ["dpkg-deb", "npm"],
  run: () =>
    Effect.gen(function*() {
      const first = yield* madePackages
      const folder = yield* scratch
      const before = [first.npm, first.debian].map((path) => [basename(path), sha256OfFile(path)] as const)
      yield* mustRun(process.execPath, [join(repository, "scripts/package/main.ts"), "--output", folder])
      yield* noneOf(
        before.flatMap(([name, hash]) =>
          sha256OfFile(join(folder, name)) === hash ? [] : [`${name} is another the second time`]
        )
      )
      return `${before.length} packages are the same to the byte`
    }).pipe(Effect.scoped)
}
