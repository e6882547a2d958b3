import { Schema } from "effect"
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"
import { build } from "vite"
import { contentKey } from "../build/contentKey.ts"
import { repository, stateFolder } from "../stack/Paths.ts"
import { collectLicences } from "./licences.ts"

export const consoleSources = join(repository, "services/web-ui/console")
const built = join(stateFolder, "console")
const configFile = join(consoleSources, "vite.config.ts")

/** Bytes that the browser fetches before the first page shows, packed by gzip. */
const firstLoadMost = 327_680

/** What the console is made of: its own files, what it shares with the server, and the libraries. */
const madeOf = ["package-lock.json", "scripts/console", "services/web-ui/console", "src"]

const stampOf = async (): Promise<string> => {
  try {
    return await readFile(join(built, "made-of"), "utf8")
  } catch {
    return ""
  }
}

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** Packs each file once, as the server would for every browser. */
const pack = async (folder: string): Promise<ReadonlyMap<string, number>> => {
  const sizes = new Map<string, number>()
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const bytes = await readFile(path)
    const [br, gz] = await Promise.all([
      brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
      gzipped(bytes, { level: 9 })
    ])
    sizes.set(name, gz.length)
    if (br.length < bytes.length) await writeFile(`${path}.br`, br)
    if (gz.length < bytes.length) await writeFile(`${path}.gz`, gz)
  }
  return sizes
}

const Manifest = Schema.Record(
  Schema.String,
  Schema.Struct({
    file: Schema.String,
    css: Schema.optionalKey(Schema.Array(Schema.String)),
    imports: Schema.optionalKey(Schema.Array(Schema.String))
  })
)
const decodeManifest = Schema.decodeUnknownSync(Schema.fromJsonString(Manifest))

/** What is loaded before somebody sees the first page. */
const firstPage = ["index.html", "Pages.tsx", "pages/overview/Page.tsx"]

/** Bytes of these chunks by gzip, with all that they import at once. */
const firstLoad = async (folder: string, sizes: ReadonlyMap<string, number>): Promise<number> => {
  const manifest = decodeManifest(await readFile(join(folder, ".vite/manifest.json"), "utf8"))
  const files = new Set<string>()
  const seen = new Set<string>()
  const take = (name: string) => {
    const chunk = manifest[name]
    if (chunk === undefined || seen.has(name)) return
    seen.add(name)
    for (const file of [chunk.file, ...chunk.css ?? []]) files.add(basename(file))
    for (const imported of chunk.imports ?? []) take(imported)
  }
  for (const name of firstPage) take(name)
  return [...files].reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0)
}

export interface Built {
  /** Nothing had changed. */
  readonly kept: boolean
  readonly firstLoad: number
}

/** Builds the console unless it is built from the same sources already. Fails when its first load is too large. */
export const buildConsole = async ({ force = false } = {}): Promise<Built> => {
  const wanted = contentKey(madeOf)
  if (!force && await stampOf() === wanted) return { kept: true, firstLoad: 0 }
  const fresh = `${built}.new-${process.pid}`
  try {
    // Its name changes with what it is made of: browsers keep it for good.
    const licencesFile = `licences-${wanted.slice(0, 16)}.json`
    const { licences, plugin } = collectLicences()
    await build({
      configFile,
      logLevel: "warn",
      define: { LICENCES_FILE: JSON.stringify(licencesFile) },
      plugins: [plugin()],
      worker: { plugins: () => [plugin()] },
      build: { outDir: fresh, emptyOutDir: true }
    })
    await writeFile(join(fresh, "assets", licencesFile), JSON.stringify(licences()))
    const sizes = await pack(join(fresh, "assets"))
    const bytes = await firstLoad(fresh, sizes)
    if (bytes > firstLoadMost) {
      throw new Error(`The first load of the console is ${bytes} bytes by gzip; ${firstLoadMost} at most.`)
    }
    await writeFile(join(fresh, "made-of"), wanted)
    await mkdir(stateFolder, { recursive: true })
    await rm(built, { recursive: true, force: true })
    await rename(fresh, built)
    return { kept: false, firstLoad: bytes }
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}
