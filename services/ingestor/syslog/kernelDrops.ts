import { Effect } from "effect"
import { readdir, readFile, readlink } from "node:fs/promises"

/**
 * Datagrams that the kernel dropped because this process's sockets on `port` were full: the last column of
 * `/proc/net/udp`. `undefined` where there is no such file.
 */
export const kernelDrops = (port: number): Effect.Effect<number | undefined> =>
  Effect.promise(async () => {
    const tables = await Promise.all(
      ["/proc/net/udp", "/proc/net/udp6"].map((path) => readFile(path, "utf8").catch(() => ""))
    )
    const rows = tables.flatMap(readTable).filter((row) => row.port === port)
    if (rows.length === 0) return undefined
    const own = rows.length === 1 ? undefined : await ownSockets()
    return rows.reduce((sum, row) => own === undefined || own.has(row.inode) ? sum + row.drops : sum, 0)
  })

interface Row {
  readonly port: number
  readonly inode: string
  readonly drops: number
}

const readTable = (text: string): ReadonlyArray<Row> =>
  text.split("\n").slice(1).flatMap((line) => {
    const columns = line.trim().split(/\s+/)
    const port = Number.parseInt(columns[1]?.split(":")[1] ?? "", 16)
    return columns.length < 13 ? [] : [{ port, inode: columns[9] ?? "", drops: Number(columns[12]) }]
  })

/** Several processes may share a port; each counts its own. */
const ownSockets = async (): Promise<ReadonlySet<string>> => {
  const names = await readdir("/proc/self/fd").catch(() => [])
  const links = await Promise.all(names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")))
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
}
