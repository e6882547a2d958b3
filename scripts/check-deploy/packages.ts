import { Effect } from "effect"
import { join } from "node:path"
import { debianRoot } from "../package/debianPackage.ts"
import { debianName } from "../package/debianTexts.ts"
import { distFolder, version } from "../package/Dist.ts"
import { repository } from "../stack/Paths.ts"
import type { CheckFailed } from "./Check.ts"
import { mustRun } from "./tool.ts"

export const packages = {
  npm: join(distFolder, `mutt-${version}.tgz`),
  debian: join(distFolder, `${debianName}_${version}_all.deb`),
  /** The files of the Debian package, unpacked. */
  debianRoot
}

let making: Effect.Effect<void, CheckFailed> | undefined

/** The packages, made of today's sources: once, whoever asks first. */
export const madePackages: Effect.Effect<typeof packages, CheckFailed> = Effect.suspend(() => {
  making ??= Effect.runSync(
    Effect.cached(Effect.asVoid(mustRun(process.execPath, [join(repository, "scripts/package/main.ts")])))
  )
  return Effect.as(making, packages)
})
