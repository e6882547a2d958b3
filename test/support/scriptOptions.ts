import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { runWith } from "../../scripts/command-line/Script.ts"
import { repository } from "../../scripts/stack/Paths.ts"

const read = (path: string) => readFileSync(join(repository, path), "utf8")

/** A script of package.json and its options. */
export interface ScriptOptions {
  readonly name: string
  readonly options: Parameters<typeof runWith>[0]
}

const scripts: Readonly<Record<string, string>> = JSON.parse(read("package.json")).scripts

/** Every script of package.json whose main file reads options that are declared beside it. */
export const scriptsWithOptions: ReadonlyArray<ScriptOptions> = await Promise.all(
  Object.entries(scripts).flatMap(([name, line]) => {
    const [, main = ""] = /(scripts\/\S+\.ts)$/.exec(line) ?? []
    const [, beside] = main === "" ? [] : /import \{.*\boptions\b.*\} from "(\..*options\.ts)"/.exec(read(main)) ?? []
    return beside === undefined ? [] : [
      import(join(repository, dirname(main), beside)).then(({ options }) => ({ name, options }))
    ]
  })
)
