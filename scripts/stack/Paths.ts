import { createHash } from "node:crypto"
import { join, resolve } from "node:path"

/** The clone these scripts stand in. */
export const repository = resolve(import.meta.dirname, "../..")

/** Everything that is made at run time. Ignored by git. */
export const stateFolder = join(repository, ".mutt")

/** Programs that a script calls by name and that the system lacks, where the bootstrap brought them. */
export const toolsOnPath = join(stateFolder, "tools/bin")

/** The same for this clone at each run, different for any other clone. */
export const cloneId = createHash("sha256").update(repository).digest("hex").slice(0, 10)
