import { Effect } from "effect"
import type { RunningProgram } from "../../../test/support/fourPrograms.ts"

/** What stands before the replicas of a program: it sends each request to one that was not taken out. */
export interface Balancer {
  readonly send: <A>(send: (url: string) => Promise<A>) => Promise<A>
  /** Returns when nothing is under way there any more. */
  readonly takeOut: (program: RunningProgram) => Effect.Effect<void>
  readonly putBack: (program: RunningProgram) => Effect.Effect<void>
}

export const makeBalancer = (programs: ReadonlyArray<RunningProgram>): Balancer => {
  const places = programs.map((program) => ({ program, underWay: 0, out: false }))
  let turn = 0
  const placeOf = (program: RunningProgram) => places.find((position) => position.program === program)
  const idle = (program: RunningProgram): Effect.Effect<void> =>
    Effect.suspend(() =>
      (placeOf(program)?.underWay ?? 0) === 0
        ? Effect.void
        : Effect.andThen(Effect.sleep("5 millis"), idle(program))
    )
  const setOut = (program: RunningProgram, out: boolean) =>
    Effect.sync(() => {
      const position = placeOf(program)
      if (position !== undefined) position.out = out
    })
  return {
    send: async (send) => {
      const open = places.filter(({ out }) => !out)
      const position = open[turn++ % open.length]
      if (position === undefined) throw new Error("Every replica was taken out.")
      position.underWay++
      try {
        return await send(position.program.url)
      } finally {
        position.underWay--
      }
    },
    takeOut: (program) => Effect.andThen(setOut(program, true), idle(program)),
    putBack: (program) => setOut(program, false)
  }
}
