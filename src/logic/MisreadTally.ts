import { decodeReportLimits, type Misread, type MisreadHost, Misreading } from "../domain/DecodeReport.ts"
import { sampleOf } from "./sample.ts"

type Draft = { -readonly [K in keyof Omit<MisreadHost, "counts">]: MisreadHost[K] } & {
  readonly counts: Partial<Record<Misreading, number>>
}

/** Adds up what was misread, by host. Holds so many hosts as the report does: those noted longest ago make room. */
export class MisreadTally {
  #hosts = new Map<string, Draft>()

  note({ at, hostname, peer, raw, what }: Misread): void {
    const host = this.#newest(hostname) ??
      this.#begin({ hostname, peer, counts: {}, firstAt: at, lastAt: at, sample: raw })
    host.peer = peer
    host.lastAt = at
    host.sample = raw
    for (const one of what) host.counts[one] = (host.counts[one] ?? 0) + 1
  }

  add(more: MisreadHost): void {
    const host = this.#newest(more.hostname)
    if (host === undefined) this.#begin({ ...more, counts: { ...more.counts } })
    else Object.assign(host, mergeMisread(host, more))
  }

  /** All that was noted since the last time, each sample cut. */
  take(): ReadonlyArray<MisreadHost> {
    const hosts = Array.from(this.#hosts.values(), (host) => ({ ...host, sample: sampleOf(host.sample) }))
    this.#hosts = new Map()
    return hosts
  }

  #newest(hostname: string): Draft | undefined {
    const host = this.#hosts.get(hostname)
    if (host !== undefined) {
      this.#hosts.delete(hostname)
      this.#hosts.set(hostname, host)
    }
    return host
  }

  #begin(host: Draft): Draft {
    const [oldest] = this.#hosts.size < decodeReportLimits.hosts ? [] : this.#hosts.keys()
    if (oldest !== undefined) this.#hosts.delete(oldest)
    this.#hosts.set(host.hostname, host)
    return host
  }
}

/** Adds what was misread of a host to what is known of it. */
export const mergeMisread = (known: MisreadHost, more: MisreadHost): MisreadHost => {
  const counts: Partial<Record<Misreading, number>> = { ...known.counts }
  for (const [what, count] of countsOf(more)) counts[what] = (counts[what] ?? 0) + count
  const { hostname, peer, sample } = more.lastAt >= known.lastAt ? more : known
  return {
    hostname,
    peer,
    sample,
    counts,
    firstAt: Math.min(known.firstAt, more.firstAt),
    lastAt: Math.max(known.lastAt, more.lastAt)
  }
}

/** The counts of a host, the greatest first. */
export const countsOf = ({ counts }: Pick<MisreadHost, "counts">): ReadonlyArray<readonly [Misreading, number]> =>
  Misreading.literals.flatMap((what) => {
    const count = counts[what]
    return count === undefined ? [] : [[what, count] as const]
  }).sort(([, one], [, other]) => other - one)
