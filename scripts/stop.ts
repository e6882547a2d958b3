import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { stackProcess } from "./stack/StackFile.ts"

const gone: Effect.Effect<void> = Effect.suspend(() =>
  stackProcess() === undefined ? Effect.void : Effect.andThen(Effect.sleep("100 millis"), gone)
)

const main = Effect.gen(function*() {
  const pid = stackProcess()
  if (pid === undefined) return yield* Console.log("No stack of this clone is up.")
  yield* Console.log(`Stopping the stack (process ${pid})`)
  process.kill(pid, "SIGTERM")
  yield* gone.pipe(Effect.timeout("90 seconds"))
  yield* Console.log("Stopped; the data stay in .mutt/.")
})

NodeRuntime.runMain(main)
