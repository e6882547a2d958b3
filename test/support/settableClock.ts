import { Clock, Effect } from "effect"

/**
 * The clock that there is, but for the time of day, which can be set as an administrator would: pauses last as long as
 * before.
 */
export const settableClock = Effect.map(Clock.Clock, (clock) => {
  let offset = 0
  const currentTimeMillisUnsafe = () => clock.currentTimeMillisUnsafe() + offset
  const own = { currentTimeMillisUnsafe, currentTimeMillis: Effect.sync(currentTimeMillisUnsafe) }
  return {
    clock: new Proxy(clock, { get: (target, name) => Reflect.get(name in own ? own : target, name) }),
    setBack: (ms: number) =>
      Effect.sync(() => {
        offset -= ms
      })
  }
})
