import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Config, Effect, Layer } from "effect"
import { moogStandIn } from "./stack/MoogStandIn.ts"

const Main = Layer.unwrap(Effect.gen(function*() {
  const port = yield* Config.Port("MOOG_STAND_IN_PORT").pipe(Config.withDefault(8085))
  const apiKey = yield* Config.Redacted("MOOG_API_KEY")
  return moogStandIn({ apiKey, port })
}))

Layer.launch(Main).pipe(NodeRuntime.runMain)
