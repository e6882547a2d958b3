import type { AlertCase } from "./AlertCase.ts"
import { always, of } from "./alertSeries.ts"

export const canaryFound = of("mutt_canary_last_success_timestamp_seconds", "web-ui")
export const canaryInterval = of("mutt_canary_interval_seconds", "web-ui")

/** Ways in which the test event does not come through. */
export const canaryCases: ReadonlyArray<AlertCase> = [
  {
    name: "no test event comes through",
    series: { [canaryFound]: "60x400", [canaryInterval]: always(30) },
    at: 9,
    fires: ["MuttCanaryFailing"]
  },
  {
    name: "no test event has come through since the start",
    series: {
      [canaryFound]: always(0),
      [canaryInterval]: always(30),
      [of("process_start_time_seconds", "web-ui")]: always(60)
    },
    at: 9,
    fires: ["MuttCanaryFailing"]
  },
  {
    name: "a test event is sent every ten minutes only",
    series: { [canaryFound]: "60x9 600x400", [canaryInterval]: always(600) },
    at: 45,
    fires: []
  }
]
