import { HttpApiError } from "effect/http-api"
import { problem } from "./Problem.ts"

/** The record has no such event: it never came, its batch is not recorded yet, or it was let go with its month. */
export class EventNotFound extends HttpApiError.Problem<EventNotFound>()(...problem("EventNotFound", 404, {})) {}

export const eventNotFound = () =>
  new EventNotFound({
    detail:
      "The record has no such event. One that is not decided yet is in the queue; one that could not be is a dead letter."
  })
