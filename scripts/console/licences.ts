import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Plugin } from "vite"

/** Whose code is in the console, and on what terms. */
interface Licence {
  readonly name: string
  readonly version: string
  /** Such as `MIT`; `null`: its package does not say. */
  readonly licence: string | null
  /** `null`: its package holds none. */
  readonly text: string | null
}

const field = (of: unknown, name: string): string | undefined => {
  const value: unknown = typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined
  return typeof value === "string" ? value : undefined
}

/** The folder of the package that a module is of: below it a `package.json` may be that of a part, without a version. */
const packageOf = (folder: string): { readonly folder: string; readonly said: unknown } | undefined => {
  const path = join(folder, "package.json")
  if (existsSync(path)) {
    const said: unknown = JSON.parse(readFileSync(path, "utf8"))
    if (field(said, "name") !== undefined && field(said, "version") !== undefined) return { folder, said }
  }
  const above = dirname(folder)
  return above === folder ? undefined : packageOf(above)
}

const licenceOf = (folder: string, said: unknown): Licence => {
  const file = readdirSync(folder).find((name) => /^(?:licen[cs]e|copying)/i.test(name))
  return {
    name: field(said, "name") ?? "",
    version: field(said, "version") ?? "",
    licence: field(said, "license") ?? null,
    text: file === undefined ? null : readFileSync(join(folder, file), "utf8").trim()
  }
}

/** Collects the licences of all packages of which anything gets into what is built, by name and version. */
export const collectLicences = () => {
  const found = new Map<string, Licence>()
  const plugin = (): Plugin => ({
    name: "collect-licences",
    generateBundle: (_options, bundle) => {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === "asset") continue
        for (const id of chunk.moduleIds) {
          const path = id.replace(/\?.*$/, "")
          if (path.startsWith("\0") || !path.includes("/node_modules/")) continue
          const of = packageOf(dirname(path))
          if (of === undefined) throw new Error(`${path} is in the console, and nothing says on what terms.`)
          const licence = licenceOf(of.folder, of.said)
          found.set(`${licence.name} ${licence.version}`, licence)
        }
      }
    }
  })
  return {
    plugin,
    licences: (): ReadonlyArray<Licence> => [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one)
  }
}
