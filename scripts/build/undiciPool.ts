import type { Plugin } from "rolldown"

/**
 * Of undici there is the pool of connections alone: its whole also is a `fetch`, a WebSocket, a cache and cookies, which
 * cost each program 2 MB. Whoever imports more of it is told so by the build.
 */
export const undiciPool: Plugin = {
  name: "undici-pool",
  resolveId: { filter: { id: /^undici$/ }, handler: () => "\0undici" },
  load: {
    filter: { id: /^\0undici$/ },
    handler: () => `export { default, default as Pool } from "undici/lib/dispatcher/pool.js"`
  }
}
