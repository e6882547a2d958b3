import {
  colon,
  dot,
  endOfDigits,
  endOfMatch,
  isCapital,
  isDigit,
  matchAt,
  percent,
  slash,
  space,
  star
} from "../characters.ts"
import { isNoHost, skipBlanks } from "../fields/hosts.ts"
import { readStamp, readUptime, type Stamp } from "../fields/stamp.ts"

/** What network devices write between the priority and the time. */
interface Prefixes {
  readonly stamp: Stamp | undefined
  /** Where the text goes on: behind the time, or where the message begins. */
  readonly end: number
  /** The device's own name for itself. */
  readonly origin: string | undefined
  readonly sequence: number | undefined
  /** Did anything stand there that only network devices write? Then no host follows the time. */
  readonly network: boolean
  /** Was a time, an uptime or a `%MNEMONIC` reached? */
  readonly reached: boolean
}

/** A number of more digits is no counter. */
const counterDigits = 12
const bareNumber = /\d{1,12} +/y
const version = /\d{1,2} +/y
const node = /[A-Za-z0-9_-]{1,16}(?:\/[A-Za-z0-9_-]{1,16}){1,4}: */y
const task = /[A-Za-z_][\w.-]{0,63}(?:\[\d{1,10}\])?: +/y
const origin = /([A-Za-z0-9_][\w.@-]{0,254}|[0-9A-Fa-f:.]{3,45}) ?: +/y
/** A name without its colon: before a node, and behind what only network devices write before a counter. */
const originBeforeNode =
  /([A-Za-z0-9_][\w.@-]{0,254}|[0-9A-Fa-f:.]{2,44}[0-9A-Fa-f]) +(?=[A-Za-z0-9_-]{1,16}(?:\/[A-Za-z0-9_-]{1,16}){2,4}:)/y
const originBeforeCounter =
  /([A-Za-z0-9_][\w.@-]{0,254}|[0-9A-Fa-f:.]{2,44}[0-9A-Fa-f]) +(?=\d{1,12}: |[A-Za-z]{3} {1,2}\d{1,2} \d|\d{4} [A-Za-z]{3} )/y
/** `CLC 6/0: `, a card of the device. */
const card = /[A-Z]{1,8} \d{1,2}\/\d{1,2}: +/y
/** More prefixes than any device writes. */
const most = 10

/**
 * Reads the prefixes that network devices use, in any order, up to a time, an uptime or the `%` of a message: blanks,
 * `:`, counters, the origin, `*` and `.` for a clock that is not set, the node of IOS XR, the task of AireOS. A number
 * is never an origin.
 *
 * An origin, a node and a task count only when a time or a message follows: otherwise they are words of the message.
 */
export const readPrefixes = (line: string, start: number, arrivedAt: number): Prefixes => {
  let at = start
  /** Where the message begins when nothing is reached. */
  let sure = start
  let name: string | undefined
  let sequence: number | undefined
  let network = false
  let marked = false
  const stop = (stamp: Stamp | undefined, end: number, reached: boolean): Prefixes => ({
    stamp,
    end,
    origin: name,
    sequence,
    network,
    reached
  })

  for (let step = 0; step < most; step++) {
    at = skipBlanks(line, at)
    const code = line.charCodeAt(at)
    if (code === colon) {
      network = true
      sure = skipBlanks(line, at + 1)
      at = sure
      continue
    }
    if (code === percent && network) return stop(undefined, at, true)
    if ((code === star || code === dot) && !marked) {
      marked = true
      at++
      // The mark of a message whose time is switched off.
      if (line.charCodeAt(at) === percent) return stop(undefined, at, true)
      const named = readStamp(line, at, arrivedAt, true) === undefined ? endOfMatch(task, line, at) : undefined
      network ||= named !== undefined || isDigit(line.charCodeAt(at)) || step > 0
      if (named !== undefined) at = named
      continue
    }
    const stamp = readStamp(line, at, arrivedAt, marked)
    if (stamp !== undefined) {
      network ||= marked
      return stop(stamp, stamp.end, true)
    }
    if (isDigit(code)) {
      const to = endOfDigits(line, at)
      const next = line.charCodeAt(to)
      if (next === colon && !isDigit(line.charCodeAt(to + 1))) {
        if (to - at <= counterDigits && endsCounter(line.charCodeAt(to + 1))) {
          sequence ??= Number(line.slice(at, to))
          network = true
          at = sure = to + 1
          continue
        }
      } else {
        const uptime = next === space ? undefined : readUptime(line, at)
        if (uptime !== undefined) {
          network = true
          return stop(uptime, uptime.end, true)
        }
      }
      // The version of RFC 5424, or a number without its colon: of use only before a time.
      const numbered = endOfMatch(step === 0 ? version : bareNumber, line, at)
      if (numbered !== undefined && readStamp(line, numbered, arrivedAt) !== undefined) {
        network ||= step > 0
        at = numbered
        continue
      }
    }
    const shape = shapeOf(line, at)
    if (shape === undefined) break
    const placed = shape.slashed ? endOfMatch(node, line, at) : shape.closed ? undefined : endOfMatch(card, line, at)
    if (placed !== undefined) {
      at = placed
      network = true
      continue
    }
    const own = readOrigin(line, at, originsOf(network, shape.closed))
    if (own === undefined) break
    if (name !== undefined && endOfMatch(task, line, at) === undefined) break
    name ??= own.name
    network = true
    at = own.end
  }
  network = sequence !== undefined
  return stop(undefined, sure === start ? skipBlanks(line, start) : sure, false)
}

/** A blank, the end, or what begins the next prefix or the message. */
const endsCounter = (code: number): boolean =>
  code === space || Number.isNaN(code) || code === star || code === dot || code === percent || code === colon
  || isCapital(code)

/**
 * How the word at `from` looks, so that only the forms are tried which it may have; `undefined` when it is too long for
 * any.
 */
const shapeOf = (line: string, from: number): { readonly slashed: boolean; readonly closed: boolean } | undefined => {
  let slashed = false
  let at = from
  for (let code = line.charCodeAt(at); code !== space; code = line.charCodeAt(++at)) {
    if (code === slash) slashed = true
    if (Number.isNaN(code) || at - from > longest) return slashed ? { slashed, closed: false } : undefined
  }
  const closed = line.charCodeAt(at - 1) === colon || line.charCodeAt(at + 1) === colon
  return { slashed, closed }
}

const longest = 255

/** The forms that a name may have here. */
const originsOf = (network: boolean, closed: boolean): ReadonlyArray<RegExp> =>
  closed ? withColon : network ? withoutColon : beforeNode

const withColon = [origin]
const withoutColon = [originBeforeNode, originBeforeCounter]
const beforeNode = [originBeforeNode]

const readOrigin = (
  line: string,
  at: number,
  forms: ReadonlyArray<RegExp>
): { readonly name: string; readonly end: number } | undefined => {
  for (const form of forms) {
    const name = matchAt(form, line, at)?.[1]
    if (name !== undefined && !isNoHost(name)) return { name, end: form.lastIndex }
  }
  return undefined
}
