import { Effect } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { availableParallelism } from "node:os"

const ticksPerSecond = 100

const read = (path: string): string => {
  try {
    return readFileSync(path, "latin1")
  } catch {
    return ""
  }
}

/** The words of `/proc/<pid>/stat` after the name, which may hold anything: state, parent, … */
const stat = (pid: number) => {
  const text = read(`/proc/${pid}/stat`)
  return text === "" ? [] : text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number)
}

/** PostgreSQL works in children; a program of ours is one process. */
const family = (pid: number): ReadonlyArray<number> => [
  pid,
  ...readdirSync("/proc").map(Number).filter((other) => other > 0 && stat(other)[1] === pid)
]

/** Seconds of processor time: its own, its living children's, and its reaped children's. */
export const cpuSeconds = (pid: number): number =>
  family(pid).reduce((sum, member) => {
    const [, , , , , , , , , , , user = 0, system = 0] = stat(member)
    return sum + (user + system) / ticksPerSecond
  }, 0)

/** Most memory the process ever held; NaN where the system has no /proc. */
export const peakMemoryMb = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? Number.NaN) / 1_024

/** Seconds of processor time that the whole machine has spent on anything. */
const busySeconds = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    (/^cpu +(.+)$/m.exec(read("/proc/stat"))?.[1] ?? "").split(" ").map(Number)
  return (user + nice + system + irq + softirq) / ticksPerSecond
}

/** What the named processes did not use themselves, the kernel's work for the network included. */
export const elsewhere = "the rest of the machine"

/** Who used how much of a core while `work` ran. */
export const withUsage = <A, E, R>(
  pids: Readonly<Record<string, number>>,
  work: Effect.Effect<A, E, R>
): Effect.Effect<readonly [A, Shares], E, R> =>
  Effect.gen(function*() {
    if (process.platform !== "linux") return [yield* work, {}] as const
    const before = Object.entries(pids).map(([name, pid]) => [name, pid, cpuSeconds(pid)] as const)
    const busyBefore = busySeconds()
    const from = performance.now()
    const value = yield* work
    const seconds = (performance.now() - from) / 1_000
    const shares = before.map(([name, pid, was]) => [name, (cpuSeconds(pid) - was) / seconds] as const)
    const known = shares.reduce((sum, [, share]) => sum + share, 0)
    const rest = Math.max(0, (busySeconds() - busyBefore) / seconds - known)
    return [value, Object.fromEntries([...shares, [elsewhere, rest]])] as const
  })

/** Part of a core by name. */
export type Shares = Readonly<Record<string, number>>

export const sharesText = (shares: Shares): string =>
  Object.entries(shares)
    .sort(([, a], [, b]) => b - a)
    .filter(([, share]) => share >= 0.05)
    .map(([name, share]) => `${name} ${share.toFixed(2)}`)
    .join(", ")

/** What held it back, in words, from who was busy. */
export const limitOf = (shares: Shares): string => {
  const busiest = Object.entries(shares).sort(([, a], [, b]) => b - a)
  const first = busiest[0]
  if (first === undefined) return "not measured on this system"
  const cores = availableParallelism()
  const total = busiest.reduce((sum, [, share]) => sum + share, 0)
  const list = busiest.filter(([, share]) => share >= 0.05).map(([name, share]) => `${name} ${share.toFixed(2)}`).join(
    ", "
  )
  if (total > 0.85 * cores) return `all ${cores} cores are taken: ${list}`
  if (first[1] > 0.85 && first[0] !== elsewhere) return `the one thread of the ${first[0]}: ${list} of ${cores} cores`
  return `waiting for disk and answers: ${list} of ${cores} cores`
}
