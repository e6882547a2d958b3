import { Effect } from "effect"
import type { RunningProgram } from "../../../test/support/fourPrograms.ts"

/** Sends each request to a replica of a program that was not taken out. */
export interface Balancer {
  readonly send: <A>(send: (url: string) => Promise<A>) => Promise<A>
  /** Returns when nothing is under way there any more. */
  readonly takeOut: (program: RunningProgram) => Effect.Effect<void>
  readonly putBack: (program: RunningProgram) => Effect.Effect<void>
}

export const makeBalancer = (programs: ReadonlyArray<RunningProgram>): Balancer => {
  const targets = programs.map((program) => ({ program, underWay: 0, out: false }))
  let turn = 0
  const targetOf = (program: RunningProgram) => targets.find((target) => target.program === program)
  const idle = (program: RunningProgram): Effect.Effect<void> =>
    Effect.suspend(() =>
      (targetOf(program)?.underWay ?? 0) === 0
        ? Effect.void
        : Effect.andThen(Effect.sleep("5 millis"), idle(program))
    )
  const setOut = (program: RunningProgram, out: boolean) =>
    Effect.sync(() => {
      const target = targetOf(program)
      if (target !== undefined) target.out = out
    })
  return {
    send: async (send) => {
      const open = targets.filter(({ out }) => !out)
      const target = open[turn++ % open.length]
      if (target === undefined) throw new Error("Every replica was taken out.")
      target.underWay++
      try {
        return await send(target.program.url)
      } finally {
        target.underWay--
      }
    },
    takeOut: (program) => Effect.andThen(setOut(program, true), idle(program)),
    putBack: (program) => setOut(program, false)
  }
}
