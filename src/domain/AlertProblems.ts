import { HttpApiError } from "effect/http-api"
import { problem } from "./Problem.ts"

/** No alert with this id is on its way, dead, or recorded as delivered. */
export class AlertNotFound extends HttpApiError.Problem<AlertNotFound>()(...problem("AlertNotFound", 404, {})) {}

export const alertNotFound = () =>
  new AlertNotFound({
    detail: "No alert with this id is on its way, among the newest dead letters, or recorded as delivered."
  })
