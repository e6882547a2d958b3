import { seeded } from "../../../scripts/bench/Random.ts"
import { type ProgramName, programNames } from "../../../scripts/stack/Program.ts"

export type Fault =
  | { readonly _tag: "kill"; readonly program: ProgramName }
  | { readonly _tag: "killRedis"; readonly downMs: number }
  | { readonly _tag: "stopPostgres"; readonly downMs: number }
  | { readonly _tag: "platform"; readonly how: PlatformTrouble; readonly forMs: number }

/** `timeout`: it keeps the alert and answers after the forwarder has given up, the nastiest way to fail. */
export type PlatformTrouble = "error" | "overload" | "timeout"

export interface Act {
  readonly atMs: number
  readonly fault: Fault
}

/** What happens in one run: all of it follows from the seed and the scale. */
export interface Plan {
  readonly seed: number
  readonly loadMs: number
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
}

export const short: Scale = {
  loadMs: 6_000,
  postgresDownMs: 3_000,
  platformDownMs: 4_000,
  redisDownMs: 300,
  kills: [2, 5]
}

export const full: Scale = {
  loadMs: 100_000,
  postgresDownMs: 30_000,
  platformDownMs: 60_000,
  redisDownMs: 3_000,
  kills: [10, 25]
}

const troubles: ReadonlyArray<PlatformTrouble> = ["error", "overload", "timeout"]

/** Outages that a seed has for certain, so that a few seeds in a row have met them all. */
const certain = (seed: number) => ({
  postgres: seed % 2 === 0,
  platform: seed % 3 !== 0,
  redis: seed % 3 !== 1
})

export const makePlan = (seed: number, scale: Scale): Plan => {
  const random = seeded(seed)
  const acts: Array<Act> = []
  const within = (lengthMs: number) => random.int(Math.max(1, scale.loadMs - lengthMs))
  const [fewest, most] = scale.kills
  const kills = fewest + random.int(most - fewest + 1)
  for (let kill = 0; kill < kills; kill++) {
    acts.push({ atMs: within(0), fault: { _tag: "kill", program: random.pick(programNames) } })
  }
  const { platform, postgres, redis } = certain(seed)
  if (postgres || random.int(4) === 0) {
    const downMs = scale.postgresDownMs
    acts.push({ atMs: within(downMs), fault: { _tag: "stopPostgres", downMs } })
  }
  if (redis || random.int(4) === 0) {
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
  return { seed, loadMs: scale.loadMs, acts: acts.sort((a, b) => a.atMs - b.atMs) }
}

export const describeFault = (fault: Fault): string => {
  switch (fault._tag) {
    case "kill":
      return `kill -9 of the ${fault.program}`
    case "killRedis":
      return `kill -9 of Redis, down for ${fault.downMs} ms`
    case "stopPostgres":
      return `PostgreSQL down for ${fault.downMs} ms`
    case "platform":
      return `platform in trouble (${fault.how}) for ${fault.forMs} ms`
  }
}
