import { closeBrace, openBracket } from "../characters.ts"
import { type Doubts, parseJson } from "./jsonText.ts"
import type { ValueScan } from "./ValueScan.ts"

/** A member of an object, by where its value stands. */
export interface Member {
  readonly name: string
  readonly from: number
  readonly to: number
}

const head = /^\s{0,64}("(?:[^"\\]|\\.){0,200}")\s{0,64}:\s{0,64}/s

/** Splits a long object into its members; `undefined` when it has too many for an envelope, or is none. */
export const membersOf = (scan: ValueScan, doubts: Doubts): ReadonlyArray<Member> | undefined => {
  const { crowded, end, from, marks, text } = scan
  if (crowded || end === undefined || text.charCodeAt(end - 1) !== closeBrace) return undefined
  const members: Array<Member> = []
  let start = from + 1
  for (const stop of [...marks, end - 1]) {
    const written = head.exec(text.slice(start, Math.min(stop, start + 512)))
    const name = written === null ? undefined : parseJson(written[1] ?? "", doubts)
    if (written === null || name?.ok !== true || typeof name.value !== "string") return undefined
    members.push({ name: name.value, from: start + written[0].length, to: stop })
    start = stop + 1
  }
  return members
}

export const isArrayAt = (text: string, at: number): boolean => text.charCodeAt(at) === openBracket
