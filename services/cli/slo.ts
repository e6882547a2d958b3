import type { ObjectiveStatus } from "../../src/api/web-ui/Slo.ts"
import { apiCommand } from "./api.ts"
import { answer, table } from "./output.ts"

const percent = (share: number | null): string => share === null ? "-" : `${Number((share * 100).toPrecision(6))} %`
const rate = (value: number | null | undefined): string =>
  value === null || value === undefined ? "-" : value.toFixed(2)

const row = ({ budget_left, burn_rates, name, status, target, value }: ObjectiveStatus) => [
  name,
  status,
  percent(target),
  percent(value),
  percent(budget_left),
  rate(burn_rates["5m"]),
  rate(burn_rates["1h"]),
  rate(burn_rates["6h"]),
  rate(burn_rates["3d"])
]

export const slo = apiCommand(
  "slo",
  "How the objectives stand: what is wanted, what is, how much of the budget is left and how fast it goes",
  {},
  function*(api, _, json) {
    const result = yield* api.overview.slo()
    const titles = ["objective", "status", "wanted", "30 days", "budget left", "5m", "1h", "6h", "3d"]
    yield* answer(json, result, table(titles, result.objectives.map(row)))
  }
)
