import type { Handling } from "../../../src/domain/Rule.ts"
import { type Random, seeded } from "../../bench/Random.ts"
import { type ProgramName, programNames } from "../../stack/Program.ts"
import type { Fault, PlatformTrouble } from "./Fault.ts"
import { deviceHost, devices } from "./Load.ts"
import { conservationRules, longerThanLeasesMs, type StackRule } from "./setUp.ts"

export interface Act {
  readonly atMs: number
  readonly fault: Fault
}

/** What happens in one run: all of it follows from the seed and the scale. */
export interface Plan {
  readonly seed: number
  readonly loadMs: number
  /**
   * With one alerter, which nothing makes forget what it has read, alerts of one signature keep the order of their
   * events.
   */
  readonly alerters: 1 | 2
  readonly acts: ReadonlyArray<Act>
}

/** How long load and outages last. */
export interface Scale {
  readonly loadMs: number
  readonly postgresDownMs: number
  readonly platformDownMs: number
  readonly redisDownMs: number
  /** Kills of programs, at least and at most. */
  readonly kills: readonly [number, number]
  readonly freezes: readonly [number, number]
  /** How many times a program is cut off from a server. */
  readonly cuts: number
  /** How many times clocks are set wrong. */
  readonly clocks: number
  /** How many times other rules are applied. */
  readonly applies: number
  readonly silences: number
}

export const short: Scale = {
  loadMs: 5_000,
  postgresDownMs: 2_500,
  platformDownMs: 3_000,
  redisDownMs: 300,
  kills: [1, 3],
  freezes: [1, 2],
  cuts: 1,
  clocks: 3,
  applies: 3,
  silences: 3
}

export const full: Scale = {
  loadMs: 100_000,
  postgresDownMs: 30_000,
  platformDownMs: 60_000,
  redisDownMs: 3_000,
  kills: [10, 25],
  freezes: [4, 10],
  cuts: 5,
  clocks: 12,
  applies: 20,
  silences: 20
}

const troubles: ReadonlyArray<PlatformTrouble> = ["error", "overload", "timeout"]

const [second, hour, day] = [1_000, 3_600_000, 86_400_000]
const offsets = [-day, -hour, -90 * second, 90 * second, hour, day]

const usesPostgres: ReadonlySet<ProgramName> = new Set(["alerter", "web-ui"])

/** Each program has so many. */
export const replicas = 2

/** What a seed has for certain, so that a few seeds in a row have met it all. */
const certain = (seed: number) => {
  const alerters: 1 | 2 = seed % 5 === 0 ? 1 : 2
  return {
    alerters,
    postgres: seed % 2 === 0,
    platform: seed % 3 !== 0,
    redis: alerters === 2 && seed % 3 !== 1,
    frozen: programNames[seed % programNames.length] ?? "alerter"
  }
}

const forwarding: ReadonlyArray<Handling> = ["Page_and_ticket", "Page_only", "Ticket_only"]
const keeping: ReadonlyArray<Handling> = ["Suppress", "Ignore", "Log_only", "Email_only"]

/** The rules of the run, each handled in another way of the same outcome, after some that match nothing. */
const otherRules = (random: Random): ReadonlyArray<StackRule> => [
  ...Array.from({ length: random.int(20) }, (_, index): StackRule => ({
    type: "contains",
    match: `what no device says ${index + 10}`,
    handling: random.pick(keeping)
  })),
  ...conservationRules.map(({ handling, match, type }) => ({
    type,
    match,
    handling: random.pick(keeping.includes(handling) ? keeping : forwarding)
  }))
]

export const makePlan = (seed: number, scale: Scale): Plan => {
  const random = seeded(seed)
  const acts: Array<Act> = []
  const within = (lengthMs: number) => random.int(Math.max(1, scale.loadMs - lengthMs))
  const between = ([least, most]: readonly [number, number]) => least + random.int(most - least + 1)
  const { alerters, frozen, platform, postgres, redis } = certain(seed)
  const replicaOf = (program: ProgramName) => random.int(program === "alerter" ? alerters : replicas)
  const target = (program: ProgramName) => ({ program, replica: replicaOf(program) })

  // A killed alerter, or one whose Redis is killed, leaves what it has read to be taken over later.
  const mortal = programNames.filter((name) => name !== "alerter" || alerters > 1)
  const kills = between(scale.kills)
  for (let kill = 0; kill < kills; kill++) {
    acts.push({ atMs: within(0), fault: { _tag: "kill", ...target(random.pick(mortal)) } })
  }
  const freezes = between(scale.freezes)
  for (let freeze = 0; freeze < freezes; freeze++) {
    const program = freeze === 0 ? frozen : random.pick(programNames)
    const forMs = longerThanLeasesMs
    acts.push({ atMs: within(forMs), fault: { _tag: "freeze", forMs, ...target(program) } })
  }
  for (let cut = 0; cut < scale.cuts; cut++) {
    // Only second replicas have a way that can be cut.
    const program = random.pick(mortal)
    const server = usesPostgres.has(program) && random.int(2) === 0 ? "postgres" : "redis"
    const where = { program, replica: 1, server } as const
    acts.push({ atMs: within(longerThanLeasesMs), fault: { _tag: "cut", forMs: longerThanLeasesMs, ...where } })
  }
  for (let clock = 0; clock < scale.clocks; clock++) {
    // One is wrong from the start.
    const atMs = clock === 0 ? 0 : within(0)
    acts.push({ atMs, fault: { _tag: "clock", offsetMs: random.pick(offsets), ...target(random.pick(programNames)) } })
  }
  if (postgres || random.int(4) === 0) {
    const downMs = scale.postgresDownMs
    acts.push({ atMs: within(downMs), fault: { _tag: "stopPostgres", downMs } })
  }
  if (redis || (alerters > 1 && random.int(4) === 0)) {
    const downMs = random.int(scale.redisDownMs + 1)
    acts.push({ atMs: within(downMs), fault: { _tag: "killRedis", downMs } })
  }
  if (platform || random.int(4) === 0) {
    // One outage, during which it fails in one way and then in another.
    const parts = 1 + random.int(3)
    const forMs = Math.floor(scale.platformDownMs / parts)
    const atMs = within(scale.platformDownMs)
    for (let part = 0; part < parts; part++) {
      acts.push({ atMs: atMs + part * forMs, fault: { _tag: "platform", how: random.pick(troubles), forMs } })
    }
  }
  for (let apply = 0; apply < scale.applies; apply++) {
    acts.push({ atMs: within(0), fault: { _tag: "applyRules", rules: otherRules(random) } })
  }
  for (let silence = 0; silence < scale.silences; silence++) {
    const hosts = new Set(Array.from({ length: 1 + random.int(devices / 3) }, () => deviceHost(random.int(devices))))
    const forMs = random.int(scale.loadMs)
    acts.push({ atMs: within(forMs), fault: { _tag: "silence", hosts: [...hosts], forMs } })
  }
  return { seed, loadMs: scale.loadMs, alerters, acts: acts.sort((a, b) => a.atMs - b.atMs) }
}
