import { Context } from "effect"
import { Turns } from "../../src/logic/Turns.ts"

/** Whose turn it is to decode. One for the process: the event loop is one. */
export const DecodeTurns = Context.Reference<Turns>("mutt/services/ingestor/DecodeTurns", {
  defaultValue: () => new Turns()
})
