import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  chmodSync,
  cpSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { dirname, join, relative } from "node:path"
import { gzipSync } from "node:zlib"
import { repository } from "../stack/Paths.ts"
import { commandFiles } from "./commandFile.ts"
import {
  changelog,
  conffiles,
  control,
  copyright,
  debianName,
  lintianOverrides,
  postinst,
  postrm,
  prerm
} from "./debianTexts.ts"
import { distFolder, treeFolder, version } from "./Dist.ts"
import { environmentFile } from "./environmentFile.ts"
import { manPages } from "./manPages.ts"
import type { Papers } from "./papers.ts"
import { systemdFiles } from "./unitFile.ts"

export const debianRoot = join(distFolder, "deb")

const put = (path: string, content: string | Uint8Array) => {
  const file = join(debianRoot, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

const zipped = (text: string) => gzipSync(text, { level: 9 })

/** Where the package has a file of deploy/systemd. */
const systemdPath = (name: string): string =>
  name === "mutt.sysusers"
    ? "usr/lib/sysusers.d/mutt.conf"
    : name === "mutt.tmpfiles"
    ? "usr/lib/tmpfiles.d/mutt.conf"
    : `usr/lib/systemd/system/${name}`

/** Everything below a folder, folders first. */
const below = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted().map((name) => join(folder, name))

const isScript = (path: string) => /\/bin\/mutt|\/DEBIAN\/p/.test(path)

/** Modes and times do not depend on who builds, nor when. */
const settle = (seconds: number) => {
  for (const path of [debianRoot, ...below(debianRoot)]) {
    const stat = lstatSync(path)
    if (!stat.isSymbolicLink()) chmodSync(path, stat.isDirectory() || isScript(path) ? 0o755 : 0o644)
  }
  // A folder's time changes as long as something is put into it.
  for (const path of [debianRoot, ...below(debianRoot)].toReversed()) lutimesSync(path, seconds, seconds)
}

const files = () => below(debianRoot).filter((path) => !path.includes("/DEBIAN") && lstatSync(path).isFile())

const checksums = (): string =>
  files().map((path) =>
    `${createHash("md5").update(readFileSync(path)).digest("hex")}  ${relative(debianRoot, path)}\n`
  ).join("")

const kibibytes = (): number => files().reduce((sum, path) => sum + Math.ceil(lstatSync(path).size / 1_024), 0)

/** Makes the package with dpkg-deb alone, and answers where it is. */
export const debianPackage = (papers: Papers, seconds: number): string => {
  rmSync(debianRoot, { recursive: true, force: true })
  cpSync(treeFolder, join(debianRoot, "usr/lib/mutt"), { recursive: true })
  mkdirSync(join(debianRoot, "usr/bin"))
  for (const name of Object.keys(commandFiles)) {
    symlinkSync(`../lib/mutt/bin/${name}`, join(debianRoot, "usr/bin", name))
  }
  for (const { name, text } of systemdFiles) put(systemdPath(name), text)
  for (const { name, text } of manPages(seconds)) {
    put(`usr/share/man/man${name.at(-1)}/${name}.gz`, zipped(text))
  }
  put("etc/mutt/mutt.env", environmentFile())
  const documents = `usr/share/doc/${debianName}`
  put(`${documents}/copyright`, copyright(readFileSync(join(repository, "LICENSE"), "utf8"), papers.debianNotice))
  put(`${documents}/changelog.gz`, zipped(changelog(seconds)))
  put(`${documents}/sbom.cdx.json.gz`, zipped(papers.sbom))
  put(`usr/share/lintian/overrides/${debianName}`, lintianOverrides)
  put("DEBIAN/md5sums", checksums())
  put("DEBIAN/control", control(kibibytes()))
  put("DEBIAN/conffiles", conffiles)
  for (const [name, text] of Object.entries({ postinst, prerm, postrm })) put(`DEBIAN/${name}`, text)
  settle(seconds)
  const file = join(distFolder, `${debianName}_${version}_all.deb`)
  execFileSync("dpkg-deb", ["--root-owner-group", "-Zxz", "-z3", "--build", debianRoot, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
    stdio: ["ignore", "ignore", "inherit"]
  })
  return file
}
