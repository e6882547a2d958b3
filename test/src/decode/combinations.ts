import { decodeSyslog } from "../../../src/decode/formats/syslog.ts"
import { Refusal } from "../../../src/decode/ReceiveContext.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { peer } from "./cases.ts"
import { contextOf } from "./contextOf.ts"

/** When what is generated arrives. */
export const at = Date.UTC(2026, 10, 28, 4)

const context = contextOf({ at, receivedAt: new Date(at).toISOString(), source: "syslog", peer })

/** The event of a line; a line that makes none is a fault of the test's. */
export const eventOf = (line: string): Event => {
  const result = decodeSyslog(line, context)
  if (result instanceof Refusal) throw new Error(`${result.reason}: ${line}`)
  return result
}

/** Calls `use` with each combination of places in lists of these lengths. */
export const combine = (lengths: ReadonlyArray<number>, use: (...places: ReadonlyArray<number>) => void): number => {
  const total = lengths.reduce((product, length) => product * length, 1)
  for (let index = 0; index < total; index++) {
    let rest = index
    use(...lengths.map((length) => {
      const position = rest % length
      rest = Math.floor(rest / length)
      return position
    }))
  }
  return total
}

/** A generator of whole numbers below a limit that begins the same each time. */
export const seeded = (seed: number) => {
  let state = seed
  return (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * limit)
  }
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const two = (value: number) => String(value).padStart(2, "0")
const dayOf = (time: Date) => String(time.getUTCDate()).padStart(2, " ")
const clockOf = (time: Date) => time.toISOString().slice(11, 19)
const monthOf = (time: Date) => months[time.getUTCMonth()] ?? ""

/** A way to write a time: how much of it is kept, and what it looks like. */
export interface DateForm {
  readonly resolution: number
  readonly write: (time: Date) => string
  /** Does a zone by any name follow it where nothing else tells a network device? */
  readonly fraction: boolean
}

export const dateForms: ReadonlyArray<DateForm> = [
  { resolution: 1_000, fraction: false, write: (time) => `${monthOf(time)} ${dayOf(time)} ${clockOf(time)}` },
  {
    resolution: 1,
    fraction: true,
    write: (time) => `${monthOf(time)} ${dayOf(time)} ${time.toISOString().slice(11, 23)}`
  },
  {
    resolution: 1_000,
    fraction: false,
    write: (time) => `${monthOf(time)} ${dayOf(time)} ${time.getUTCFullYear()} ${clockOf(time)}`
  },
  {
    resolution: 1,
    fraction: true,
    write: (time) => `${monthOf(time)} ${dayOf(time)} ${time.getUTCFullYear()} ${time.toISOString().slice(11, 23)}`
  },
  {
    resolution: 1_000,
    fraction: true,
    write: (time) => `${time.getUTCFullYear()} ${monthOf(time)} ${dayOf(time)} ${clockOf(time)}`
  },
  { resolution: 1, fraction: false, write: (time) => time.toISOString().slice(0, 23) },
  { resolution: 1_000, fraction: false, write: (time) => time.toISOString().slice(0, 19).replace("T", " ") },
  {
    resolution: 1_000,
    fraction: false,
    write: (time) => `${time.getUTCDate()} ${monthOf(time)} ${time.getUTCFullYear()} ${clockOf(time)}`
  },
  {
    resolution: 1_000,
    fraction: false,
    write: (time) =>
      `${two(time.getUTCMonth() + 1)}/${two(time.getUTCDate())}/${time.getUTCFullYear()}:${clockOf(time)}`
  }
]
