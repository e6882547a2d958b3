import { NodeRuntime } from "@effect/platform-node"
import { Console, Effect } from "effect"
import { SettingsWorldLayer } from "../../services/web-ui/settingsWorld.ts"
import { percentile, propagation, refusals, repairs } from "./proofs.ts"

/** Prints the figures of the dynamic settings: `node test/acceptance/settings/main.ts`. */
const main = Effect.gen(function*() {
  const took = yield* propagation(8, 200)
  const ms = (value: number) => Math.round(value * 10) / 10
  yield* Console.log(JSON.stringify({
    what: "PUT to 8 processes",
    changes: took.length,
    p50: ms(percentile(took, 0.5)),
    p99: ms(percentile(took, 0.99)),
    most: ms(Math.max(...took))
  }))
  const repaired = yield* repairs(8, 99)
  for (const loss of ["cut", "unsaid", "restored"] as const) {
    const times = repaired.filter((one) => one.loss === loss).map((one) => one.ms)
    yield* Console.log(JSON.stringify({
      what: `lost push, ${loss}`,
      repaired: times.length,
      p50: ms(percentile(times, 0.5)),
      most: ms(Math.max(...times)),
      within1500: times.filter((time) => time <= 1_500).length
    }))
  }
  yield* Console.log(JSON.stringify({ what: "200 bad values", ...yield* refusals(200) }))
})

NodeRuntime.runMain(Effect.provide(main, SettingsWorldLayer()))
