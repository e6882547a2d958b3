import { Effect, type Scope } from "effect"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { stateFolder } from "../stack/Paths.ts"

/** An empty folder that goes with the scope. It lies beside what is made, so that files can be linked into it. */
export const scratch: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => {
    mkdirSync(stateFolder, { recursive: true })
    return mkdtempSync(join(stateFolder, "check-deploy-"))
  }),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)
