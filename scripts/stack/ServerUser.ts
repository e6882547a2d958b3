import { spawnSync } from "node:child_process"
import { chmodSync, chownSync, lstatSync, mkdirSync, readlinkSync, rmSync, statSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { cloneId, stateFolder } from "./Paths.ts"

/** Whom a server runs as. */
export interface ServerUser {
  readonly uid: number
  readonly gid: number
}

const idOf = (flag: "-u" | "-g", name: string) => Number(spawnSync("id", [flag, name], { encoding: "utf8" }).stdout)

const unprivileged = (): ServerUser => {
  const name = ["postgres", "nobody"].find((name) => spawnSync("id", ["-u", name]).status === 0) ?? "nobody"
  return { uid: idOf("-u", name), gid: idOf("-g", name) }
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/** Whether the user gets to a path through all the folders above it. */
export const canReach = (user: ServerUser | undefined, path: string): boolean =>
  user === undefined || spawnSync("test", ["-x", path], { ...user, cwd: "/" }).status === 0

/**
 * Where servers keep programs and data, and whom they run as.
 *
 * PostgreSQL refuses to run as root, so root's servers run as somebody else, who may have no way into this clone (a
 * home of mode 0700 above it is enough). Then `.mutt/servers` is a link to a folder outside, the same one at each
 * start.
 */
interface ServerHome {
  readonly folder: string
  readonly user: ServerUser | undefined
}

const home = join(stateFolder, "servers")
const outside = join("/var/lib/mutt", cloneId)

const prepare = (): ServerHome => {
  mkdirSync(stateFolder, { recursive: true })
  if (process.getuid?.() !== 0) {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    return { folder: home, user: undefined }
  }
  const existing = isDirectory(home) ? statSync(home) : undefined
  const user = existing !== undefined && existing.uid !== 0
    ? { uid: existing.uid, gid: existing.gid }
    : unprivileged()
  const entry = lstatSync(home, { throwIfNoEntry: false })
  const inside = entry === undefined ? canReach(user, stateFolder) : !entry.isSymbolicLink() && canReach(user, home)
  const folder = inside ? home : outside
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chownSync(folder, user.uid, user.gid)
  if (!inside) {
    chmodSync("/var/lib/mutt", 0o755)
    if (entry === undefined || (entry.isSymbolicLink() && readlinkSync(home) !== outside)) {
      rmSync(home, { force: true })
      symlinkSync(outside, home)
    }
  }
  return { folder, user }
}

let prepared: ServerHome | undefined

/** Made once in a process; every later call gives the same. */
export const serverHome = (): ServerHome => prepared ??= prepare()
