import type { Random } from "../../bench/Random.ts"
import { type ProgramName, programNames } from "../../stack/Program.ts"
import { type PasswordName, passwordNames, type Slots } from "./SecretFile.ts"

/** Passwords by what they are to a rotation. `old` is the one in use before it. */
type Word = "old" | "new" | "newer"

/** An operator writes the secret store, or tells the server which passwords to accept. */
type OperatorStep =
  | { readonly where: "store"; readonly current: Word; readonly next?: Word }
  | { readonly where: "server"; readonly accepts: ReadonlyArray<Word> }

const store = (current: Word, next?: Word): OperatorStep => ({
  where: "store",
  current,
  ...(next === undefined ? {} : { next })
})
const server = (...accepts: ReadonlyArray<Word>): OperatorStep => ({ where: "server", accepts })

/**
 * Orders in which an operator who is careful, hurried or mistaken may go about it. Each ends with store and server
 * agreed.
 */
export const orders: Readonly<Record<string, ReadonlyArray<OperatorStep>>> = {
  "by the book": [store("old", "new"), server("old", "new"), store("new"), server("new")],
  "server first": [server("new"), store("old", "new"), store("new")],
  "server first, CURRENT replaced at once": [server("new"), store("new")],
  "promoted before applied": [store("old", "new"), store("new", "old"), server("new"), store("new")],
  "swapped at once": [store("new", "old"), server("new"), store("new")],
  "staged and given up": [store("old", "new"), store("old")],
  "applied and taken back": [store("old", "new"), server("new"), server("old"), store("old")],
  "promoted and taken back": [
    store("old", "new"),
    server("new"),
    store("new", "old"),
    server("old"),
    store("old")
  ],
  "twice in a row": [store("old", "new"), server("new"), store("new", "newer"), server("newer"), store("newer")]
}

/** One rotation by hand: in which order, and how long the operator takes over each move. */
export interface ManualRotation {
  readonly name: PasswordName
  readonly order: string
  readonly pausesMs: ReadonlyArray<number>
  /**
   * The program that is restarted in the middle, and after which move: as soon after it as one that starts could get
   * in.
   */
  readonly program: ProgramName
  readonly replica: number
  readonly restartAfter: number
}

/** Shorter than the programs need to notice, about as long, and longer. */
const pauses = [0, 300, 1_500]

/** So many rotations, each order before any comes again. */
export const planManualRotations = (random: Random, count: number): ReadonlyArray<ManualRotation> => {
  const plan: Array<ManualRotation> = []
  let left: Array<readonly [PasswordName, string]> = []
  while (plan.length < count) {
    if (left.length === 0) {
      left = passwordNames.flatMap((name) => Object.keys(orders).map((order) => [name, order] as const))
    }
    const [[name, order] = ["DB_PASS", "by the book"] as const] = left.splice(random.int(left.length), 1)
    const moves = orders[order] ?? []
    plan.push({
      name,
      order,
      pausesMs: moves.map(() => random.pick(pauses)),
      program: random.pick(programNames),
      replica: random.int(2),
      restartAfter: random.int(moves.length)
    })
  }
  return plan
}

/** Whether a program that reads the store now gets in. */
export const letsIn = (slots: Slots, accepted: ReadonlyArray<string>): boolean =>
  accepted.includes(slots.current) || (slots.next !== undefined && accepted.includes(slots.next))
