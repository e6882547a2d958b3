/** By a name that a bundler sees: of a re-export of all it keeps nothing, where it is loaded later. */
export { Pool } from "@effect/platform-node/Undici"
