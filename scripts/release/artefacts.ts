import { Effect } from "effect"
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "../stack/Command.ts"
import { checksums, checksumsFile } from "./checksums.ts"
import type { Options } from "./options.ts"
import { passThrough } from "./passThrough.ts"
import { provenance } from "./provenance.ts"
import type { ReleaseClone } from "./ReleaseClone.ts"

const withoutLogin = (url: string) =>
  URL.canParse(url) ? Object.assign(new URL(url), { username: "", password: "" }).href : url

/** Makes all files of a release in a folder, which is emptied first, and gives their sums. */
export const makeArtefacts = (
  clone: ReleaseClone,
  folder: string,
  options: Pick<Options, "builder" | "sign">,
  times: { readonly started: string; readonly now: Effect.Effect<string> },
  repositoryUrl: string
) =>
  Effect.gen(function*() {
    const name = `mutt-${clone.version}`
    yield* Effect.sync(() => {
      rmSync(folder, { recursive: true, force: true })
      mkdirSync(folder, { recursive: true })
    })
    yield* passThrough("npm", ["run", "--silent", "package", "--", "--output", folder], {
      cwd: clone.folder,
      env: { SOURCE_DATE_EPOCH: clone.sourceDateEpoch }
    })
    yield* run("git", [
      "-C",
      clone.folder,
      "archive",
      "--format=tar.gz",
      `--prefix=${name}/`,
      `--output=${join(folder, `${name}-sources.tar.gz`)}`,
      clone.commit
    ])
    // A chart is a package of Helm as it lies there.
    yield* run("git", [
      "-C",
      clone.folder,
      "archive",
      "--format=tar.gz",
      `--output=${join(folder, `mutt-chart-${clone.version}.tgz`)}`,
      "--prefix=mutt/",
      `${clone.commit}:deploy/helm/mutt`
    ])
    writeFileSync(join(folder, `${name}-notes.md`), clone.notes + "\n")
    const made = checksums(folder, readdirSync(folder))
    const [lockFile] = checksums(clone.folder, ["package-lock.json"])
    writeFileSync(
      join(folder, `${name}.provenance.json`),
      provenance({
        version: clone.version,
        commit: clone.commit,
        repository: repositoryUrl === "" ? undefined : withoutLogin(repositoryUrl),
        lockFile: lockFile?.sha256 ?? "",
        node: process.version,
        builder: options.builder,
        started: times.started,
        finished: yield* times.now
      }, made)
    )
    const sums = checksums(folder, readdirSync(folder))
    const list = join(folder, "SHA256SUMS")
    writeFileSync(list, checksumsFile(sums))
    if (options.sign !== undefined) {
      yield* run("ssh-keygen", ["-Y", "sign", "-f", options.sign, "-n", "file", list])
    }
    return sums
  })
