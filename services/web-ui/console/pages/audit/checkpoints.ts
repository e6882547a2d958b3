import { Option, Schema } from "effect"
import { Checkpoint } from "../../../../../src/domain/ChainEntry.ts"

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Checkpoint))

export interface Pasted {
  readonly checkpoints: ReadonlyArray<Checkpoint>
  /** Numbers of the lines that are no checkpoint, from 1. */
  readonly unread: ReadonlyArray<number>
}

/** Reads checkpoints as the file of MUTT has them: one JSON object a line. */
export const pastedCheckpoints = (text: string): Pasted => {
  const checkpoints: Array<Checkpoint> = []
  const unread: Array<number> = []
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue
    const found = Option.getOrUndefined(decode(line))
    if (found === undefined) unread.push(at + 1)
    else checkpoints.push(found)
  }
  return { checkpoints, unread }
}
