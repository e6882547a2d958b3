import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs"
import { basename, dirname, join, relative } from "node:path"
import { build, type Plugin } from "rolldown"
import { repository } from "../stack/Paths.ts"
import { builtinsByName } from "./builtinsByName.ts"
import { bundled, bundlesFolder, freshFolder } from "./bundles.ts"

/** Bundles of so many states of the sources are kept: a stack or a test that runs may start its program again. */
const kept = 5

/**
 * What a file of ours reads beside itself is read where that file would be, `up` from the bundle: in the clone, where it
 * is a part of the key, or in a package that has a copy.
 */
const besideTheSource = (up: string): Plugin => {
  const fromBundle = (path: string) => `${up}/${relative(repository, path)}`
  return {
    name: "beside-the-source",
    transform: {
      filter: { id: /\.ts$/, code: "import.meta" },
      handler: (code, id) =>
        code
          .replaceAll("import.meta.url", `new URL(${JSON.stringify(fromBundle(id))}, import.meta.url).href`)
          .replaceAll("import.meta.dirname", `(import.meta.dirname + ${JSON.stringify(`/${fromBundle(dirname(id))}`)})`)
    }
  }
}

/**
 * Makes one file of a program, whose path is given from the clone, and one beside it of what it loads when it needs that:
 * the clients of Vault and of the platform, Swagger UI.
 *
 * No source map: Node reads it whole as it starts, which costs a program 90 MB. Names of functions stay, and of classes,
 * which ioredis goes by.
 */
export const bundle = (source: string, file: string, up: string) =>
  build({
    input: join(repository, source),
    platform: "node",
    plugins: [besideTheSource(up), builtinsByName],
    transform: { define: { MUTT_BUILD: JSON.stringify(basename(freshFolder())) } },
    logLevel: "warn",
    output: {
      dir: dirname(file),
      entryFileNames: basename(file),
      chunkFileNames: `${basename(file, ".mjs")}.[name].mjs`,
      format: "esm",
      comments: { legal: true, annotation: false, jsdoc: false },
      keepNames: true
    }
  })

const removeOld = () => {
  const age = (name: string) => statSync(join(bundlesFolder, name)).mtimeMs
  for (const name of readdirSync(bundlesFolder).sort((a, b) => age(b) - age(a)).slice(kept)) {
    rmSync(join(bundlesFolder, name), { recursive: true, force: true })
  }
}

/** Makes the files of each program. Whoever runs an older one goes on. */
export const buildBundles = async (): Promise<void> => {
  const folder = freshFolder()
  const draft = `${folder}.new-${process.pid}`
  try {
    mkdirSync(draft, { recursive: true })
    // Each lies three folders below the clone.
    for (const name of bundled) await bundle(`services/${name}/main.ts`, join(draft, `${name}.mjs`), "../../..")
    rmSync(folder, { recursive: true, force: true })
    renameSync(draft, folder)
    removeOld()
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}
