import { Schema } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import manifest from "../../package.json" with { type: "json" }
import { repository } from "../stack/Paths.ts"

/** A package whose code is, in whole or in part, in what we ship. */
export interface ThirdParty {
  readonly name: string
  readonly version: string
  readonly licence: string
  /** The text of its licence, as it comes with the package. */
  readonly text: string | undefined
}

const Licence = Schema.Union([Schema.String, Schema.Struct({ type: Schema.String })])
type Licence = typeof Licence.Type

const Manifest = Schema.fromJsonString(Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  /** Old packages have objects, or several. */
  license: Schema.optionalKey(Schema.Union([Licence, Schema.Array(Licence)])),
  dependencies: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
}))
const decode = Schema.decodeUnknownSync(Manifest)

const namesOf = (all: ReadonlyArray<Licence>): string =>
  all.map((one) => typeof one === "string" ? one : one.type).join(" or ")

/** The folder of a package as Node finds it from another folder. */
const folderOf = (name: string, from: string): string | undefined => {
  for (let at = from; at.startsWith(repository); at = dirname(at)) {
    const folder = join(at, "node_modules", name)
    if (existsSync(join(folder, "package.json"))) return folder
  }
  return undefined
}

const consoleSources = join(repository, "services/web-ui/console")

/** The packages that files of the console import by name. */
const importedByConsole = (): ReadonlyArray<string> => {
  const names = new Set<string>()
  for (const file of readdirSync(consoleSources, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(file) || file === "vite.config.ts") continue
    const text = readFileSync(join(consoleSources, file), "utf8")
    for (const [, name] of text.matchAll(/\bfrom "((?:@[\w.-]+\/)?[\w-][\w.-]*)[^"]*"/g)) {
      if (name !== undefined) names.add(name)
    }
  }
  return [...names]
}

const licenceText = (folder: string): string | undefined => {
  const name = readdirSync(folder).toSorted().find((name) => /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(name))
  return name === undefined ? undefined : readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").trim()
}

/** Every package that the programs or the console are made with, and what those need, by name. */
export const thirdParties = (): ReadonlyArray<ThirdParty> => {
  const found = new Map<string, ThirdParty>()
  const take = (name: string, from: string) => {
    const folder = folderOf(name, from)
    // Types are no code, and a package for another system is not installed.
    if (name.startsWith("@types/") || folder === undefined || found.has(relative(repository, folder))) return
    const { dependencies = {}, license = "see its text", version } = decode(
      readFileSync(join(folder, "package.json"), "utf8")
    )
    found.set(relative(repository, folder), {
      name,
      version,
      licence: namesOf([license].flat()),
      text: licenceText(folder)
    })
    for (const needed of Object.keys(dependencies)) take(needed, folder)
  }
  for (const name of [...Object.keys(manifest.dependencies), ...importedByConsole()]) take(name, repository)
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/**
 * Licences with the packages under them; those that share a text are told together. A long one that the system has is
 * told by its place there.
 */
export const noticeText = (parties: ReadonlyArray<ThirdParty>, onSystem: ReadonlyMap<string, string>): string => {
  const groups = new Map<string, Array<string>>()
  for (const { licence, name, text, version } of parties) {
    const place = onSystem.get(licence)
    const long = text !== undefined && text.length > 5_000
    const words = long && place !== undefined
      ? `The text is in ${place}.`
      : text ?? `The package names this licence and brings no text of it: ${licence}`
    groups.set(words, [...groups.get(words) ?? [], `${name} ${version} (${licence})`])
  }
  const parts = [...groups].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`)
  return `MUTT holds code of these packages, in whole or in part, under their own licences.\n\n${
    parts.join(`\n${"-".repeat(80)}\n\n`)
  }`
}
