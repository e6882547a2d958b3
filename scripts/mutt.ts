// The command `mutt`. What it consists of is loaded once imports are found promptly: half a second instead of three
// quarters.
import "../services/preload.ts"

await import("../services/cli/main.ts")
