import type { Plugin } from "rolldown"

const imported = /^import (?:([\w$]+)|\* as ([\w$]+)|(\{[^}]*\})) from "node:([\w/]+)";$/gm

/**
 * What is imported of Node's own modules is taken by name.
 *
 * As modules they name all that they export, so Node reads each property at once, and for that loads what is seldom
 * needed: with `node:http` its own `fetch` and `WebSocket`, for a seventh of the time that a program takes to start.
 */
export const builtinsByName: Plugin = {
  name: "builtins-by-name",
  renderChunk: (code) =>
    code.replace(imported, (_, all?: string, namespace?: string, names?: string, module?: string) => {
      const local = all ?? namespace ?? names?.replaceAll(/([\w$]+) as ([\w$]+)/g, "$1: $2")
      return `const ${local} = process.getBuiltinModule("node:${module}");`
    })
}
