import { Context, Effect } from "effect"

/**
 * How a program drains: `wait` is run once it is told to stop, before anything of it ends, so all goes on working until
 * it is over. What serves the program puts it there.
 */
export interface Drain {
  wait: Effect.Effect<void>
}

export const Drain = Context.Reference<Drain>("mutt/layers/http/Drain", {
  defaultValue: () => ({ wait: Effect.void })
})
