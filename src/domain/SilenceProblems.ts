import { HttpApiError } from "effect/http-api"
import { problem } from "./Problem.ts"

export class SilenceNotFound extends HttpApiError.Problem<SilenceNotFound>()(...problem("SilenceNotFound", 404, {})) {}

/** A silence that ended does not come back; another one can be made. */
export class SilenceEnded extends HttpApiError.Problem<SilenceEnded>()(...problem("SilenceEnded", 409, {})) {}

/** So many silences are in force or to come that one more would slow the alerters down. */
export class SilencesFull extends HttpApiError.Problem<SilencesFull>()(...problem("SilencesFull", 409, {})) {}

export const silenceNotFound = () => new SilenceNotFound({ detail: "There is no such silence." })
export const silenceEnded = (id: number) =>
  new SilenceEnded({ detail: `Silence ${id} has ended and does not come back; make another one.` })
export const silencesFull = (most: number) =>
  new SilencesFull({
    detail: `${most.toLocaleString("en")} silences are in force or to come, and no more may be (SILENCES_MAX). ` +
      "End some, or name several hosts in one."
  })
