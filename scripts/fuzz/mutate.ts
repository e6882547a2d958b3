import { Buffer } from "node:buffer"
import type { Random } from "../bench/Random.ts"

/** Bytes of an input; now and then one is longer. */
const most = 16_384
const longest = 262_144

const words = [
  "[",
  "]",
  "{",
  "}",
  "\"",
  "\\",
  ":",
  ",",
  "\n",
  "\r\n",
  "\0",
  "\u001e",
  "<13>",
  "<191>1 ",
  "1 - - - - - ",
  "[a b=\"c\"]",
  "Nov 28 04:00:00 ",
  "2026-11-28T04:00:00Z ",
  "*Mar  1 00:00:27.823: ",
  "%LINK-3-UPDOWN: ",
  "-",
  " ",
  "\t",
  "=",
  "\\u0000",
  "\\ud800",
  "1e308",
  "-0",
  "99999999999999999999",
  "null",
  "true",
  "{\"__proto__\":1}",
  "\"message\":",
  "\"host\":",
  "\"variables\":[",
  "\"streams\":[{\"stream\":{},\"values\":[",
  "\"records\":[{\"value\":",
  "\"metrics\":[",
  "\"event\":{",
  "\"fields\":{\"tags\":{",
  "\ufeff",
  "\u00e9",
  "\u{1f600}",
  "._-",
  "::ffff:",
  "STRING: \"",
  "iso.3.6.1.6.3.1.1.4.1.0",
  "65536 <",
  "GET / HTTP/1.1\r\n"
].map((word) => Buffer.from(word))

type Mutation = (input: Buffer, random: Random, others: ReadonlyArray<Uint8Array>) => Buffer

const cut = (input: Buffer, random: Random): readonly [number, number] => {
  const from = random.int(input.length + 1)
  return [from, Math.min(input.length, from + random.int(random.int(8) === 0 ? input.length + 1 : 32))]
}

const put = (input: Buffer, from: number, to: number, ...parts: ReadonlyArray<Uint8Array>): Buffer =>
  Buffer.concat([input.subarray(0, from), ...parts, input.subarray(to)])

const mutations: ReadonlyArray<Mutation> = [
  // Another byte.
  (input, random) => {
    const changed = Buffer.from(input)
    if (changed.length > 0) changed[random.int(changed.length)] = random.int(256)
    return changed
  },
  // A word more, in place of something or not.
  (input, random) => {
    const [from, to] = cut(input, random)
    return put(input, from, random.int(2) === 0 ? from : to, random.pick(words))
  },
  // Something less.
  (input, random) => {
    const [from, to] = cut(input, random)
    return put(input, from, to)
  },
  // Something many times.
  (input, random) => {
    const [from, to] = cut(input, random)
    const part = input.subarray(from, to)
    const times = 1 + random.int(random.int(10) === 0 ? 2_000 : 12)
    return put(input, from, from, ...Array.from({ length: times }, () => part))
  },
  // A word many times: deep, or wide.
  (input, random) => {
    const word = random.pick(words)
    const times = 1 + random.int(random.int(10) === 0 ? 8_000 : 40)
    const at = random.int(input.length + 1)
    return put(input, at, at, Buffer.concat(Array.from({ length: times }, () => word)))
  },
  // Something of another input.
  (input, random, others) => {
    const [from, to] = cut(input, random)
    const other = Buffer.from(random.pick(others))
    const [otherFrom, otherTo] = cut(other, random)
    return put(input, from, to, other.subarray(otherFrom, otherTo))
  },
  // The beginning alone.
  (input, random) => input.subarray(0, random.int(input.length + 1)),
  // Nested.
  (input, random) => {
    const [open, close] = random.pick([["[", "]"], ["{\"a\":", "}"], ["{\"event\":", "}"], ["{\"a\":[", "]}"]]) ??
      ["", ""]
    const times = 1 + random.int(random.int(10) === 0 ? 3_000 : 40)
    const [from, to] = cut(input, random)
    return put(
      input,
      from,
      to,
      Buffer.from(open.repeat(times)),
      input.subarray(from, to),
      Buffer.from(close.repeat(times))
    )
  }
]

/** An input made of one of the seeds. */
export const mutate = (seeds: ReadonlyArray<Uint8Array>, random: Random): Buffer => {
  let input: Buffer = Buffer.from(random.pick(seeds))
  const limit = random.int(100) === 0 ? longest : most
  for (let rounds = 1 + random.int(6); rounds > 0; rounds--) {
    input = random.pick(mutations)(input, random, seeds)
    if (input.length > limit) input = input.subarray(0, limit)
  }
  return input
}
