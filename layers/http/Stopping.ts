import { Context, Effect } from "effect"

/** Ends when the program begins to stop, before its port closes: answers that stay open say good-bye then. */
export const Stopping = Context.Reference<Effect.Effect<void>>("mutt/layers/http/Stopping", {
  defaultValue: () => Effect.never
})
