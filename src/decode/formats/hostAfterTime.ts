import { colon, endOfMatch, percent, space } from "../characters.ts"
import { type HostWord, readHostWord, skipBlanks, skipFacilityLevel } from "../fields/hosts.ts"
import type { Stamp } from "../fields/stamp.ts"
import { readTag } from "../fields/tags.ts"
import { readPrefixes } from "./prefixes.ts"
import { readLongName } from "./selfNamed.ts"

/** Who speaks, and where the text goes on. */
export interface Host {
  readonly name: string
  readonly end: number
}

const capitalF = 70
const capitalM = 77

/**
 * Reads the word after the time as the host, unless it is a tag; `sw1: %LINK-3-…` and `fw1 : %ASA-…` are hosts before a
 * message. A line without priority may be anything, so that its host must look like one. `closed` says that a colon
 * closed the time.
 */
export const readHostAfterTime = (
  line: string,
  from: number,
  hasPriority: boolean,
  stamp: Stamp,
  closed: boolean,
  arrivedAt: number
): Host | undefined => {
  const first = readHostWord(line, from)
  const at = first === undefined ? skipFacilityLevel(line, from) : from
  const word = at === from ? first : readHostWord(line, at)
  if (word === undefined) return undefined
  const start = line.charCodeAt(at)
  if (word.colon || start === capitalM || start === capitalF || word.comma) {
    const long = readLongName(line, at)
    if (long !== undefined) return { name: long.hostname, end: long.end }
  }
  const spacedColon = !word.colon && line.charCodeAt(word.end) === colon && line.charCodeAt(word.end + 1) === space
  const end = spacedColon ? skipBlanks(line, word.end + 1) : word.end
  if (word.colon && !isHostWithColon(line, word, arrivedAt)) return undefined
  if (closed && !spacedColon && !word.colon && !isSpecific(word.name)) return undefined
  if (!hasPriority && !looksLikeHost(line, word.name, end, stamp)) return undefined
  if (isRepetition(line, at)) return undefined
  return end === word.end ? word : { name: word.name, end }
}

/** A name before a message of a network device, unless it is the program that the message's mnemonic names too. */
const isHostWithColon = (line: string, { end, name }: HostWord, arrivedAt: number): boolean => {
  if (line.charCodeAt(end) === percent) return !line.startsWith(`${name.toUpperCase()}-`, end + 1)
  const prefixes = readPrefixes(line, end, arrivedAt)
  return prefixes.reached && prefixes.network
}

const repetition = /(?:last )?message repeated \d/y

/** `last message repeated 3 times`: the daemon speaks, and names no host. */
const isRepetition = (line: string, at: number): boolean => {
  const first = line.charCodeAt(at)
  return (first === 108 || first === 109) && endOfMatch(repetition, line, at) !== undefined
}

/** A line of a file may begin with a time and be no syslog: then a word of its text would be the host. */
const looksLikeHost = (line: string, name: string, end: number, stamp: Stamp): boolean => {
  if (line.charCodeAt(end) === percent) return isSpecific(name)
  const tag = readTag(line, end)
  if (tag?.pid !== undefined) return true
  const separator = line.charCodeAt(stamp.from + 10)
  const isLog = stamp.dated && (separator !== 84 || line.slice(stamp.from, stamp.end).includes(","))
  if (isLog) return false
  return isSpecific(name) || tag !== undefined && name === name.toLowerCase()
}

/** No word of a language: it holds a digit, a dot, a hyphen or the like. */
const isSpecific = (name: string): boolean => /[\d.:_-]/.test(name)
