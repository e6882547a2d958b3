import { existsSync } from "node:fs"
import { join } from "node:path"
import { repository, stateFolder } from "../stack/Paths.ts"
import { contentKey } from "./contentKey.ts"

/** What is bundled: the four programs and the command `mutt`. */
export const bundled = ["web-ui", "moog-forwarder", "alerter", "ingestor", "cli"] as const
export type Bundled = (typeof bundled)[number]

export const bundlesFolder = join(stateFolder, "bundles")

const sources = ["package.json", "package-lock.json", "scripts/build", "src", "layers", "services"]

let key: string | undefined

/** The folder of the bundles of today's sources, whether it is there or not. A process asks the disk once. */
export const freshFolder = (): string =>
  join(bundlesFolder, key ??= contentKey(sources, "services/web-ui/console").slice(0, 16))

/** Whether the sources are to be run, also when there are bundles of them. */
const sourcesWanted = () => process.env["MUTT_PROGRAMS_FROM"] === "sources"

/** Whether bundles of today's sources are missing, and somebody wants them. */
export const bundlesWanted = (): boolean => !sourcesWanted() && !existsSync(freshFolder())

export interface ProgramFile {
  readonly from: "bundle" | "sources"
  readonly path: string
}

/** What to run for a program: its bundle when there is one of today's sources, else (or when told) its `main.ts`. */
export const programFile = (name: Bundled, from?: ProgramFile["from"]): ProgramFile => {
  const bundle = from === "sources" || sourcesWanted() ? undefined : join(freshFolder(), `${name}.mjs`)
  return bundle !== undefined && existsSync(bundle)
    ? { from: "bundle", path: bundle }
    : { from: "sources", path: join(repository, "services", name, "main.ts") }
}
