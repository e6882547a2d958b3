import { Effect } from "effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run } from "../stack/Command.ts"
import { checksums, checksumsFile } from "./checksums.ts"
import { ReleaseRefused } from "./ReleaseRefused.ts"

const oneOf = (folder: string, end: string) => {
  const found = readdirSync(folder).filter((name) => name.endsWith(end))
  return found.length === 1 && found[0] !== undefined
    ? Effect.succeed(join(folder, found[0]))
    : Effect.fail(new ReleaseRefused({ message: `${folder} has ${found.length} files that end with ${end}, not one` }))
}

const says = (what: string, said: string, version: string) =>
  said.includes(version)
    ? Effect.void
    : Effect.fail(new ReleaseRefused({ message: `${what} says "${said.trim()}", not ${version}` }))

/** The npm package, installed into an empty folder, says its version, as the Debian package does, and the sums are true. */
export const tryArtefacts = (folder: string, version: string) =>
  Effect.gen(function*() {
    const list = readFileSync(join(folder, "SHA256SUMS"), "utf8")
    const names = list.trim().split("\n").map((line) => line.slice(66))
    if (checksumsFile(checksums(folder, names)) !== list) {
      return yield* new ReleaseRefused({ message: "SHA256SUMS does not fit the files beside it" })
    }
    const prefix = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-try-"))),
      (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
    )
    const packed = yield* oneOf(folder, `mutt-${version}.tgz`)
    yield* run("npm", ["install", "--global", "--offline", "--no-audit", "--no-fund", `--prefix=${prefix}`, packed])
    yield* says("the npm package", yield* run(join(prefix, "bin/mutt"), ["--version"]), version)
    const debian = yield* oneOf(folder, ".deb")
    yield* says("the Debian package", yield* run("dpkg-deb", ["--field", debian, "Version"]), version)
  })
