// The command `mutt`: from its bundle, where there is one. Else what it consists of is loaded once imports are found
// promptly: that takes half a second instead of three quarters.
import { pathToFileURL } from "node:url"
import { programFile } from "./build/bundles.ts"

const { from, path } = programFile("cli")
if (from === "sources") await import("../services/preload.ts")
await import(pathToFileURL(path).href)
