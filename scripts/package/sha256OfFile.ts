import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"

/** In hex, as `sha256sum` prints it. */
export const sha256OfFile = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex")
