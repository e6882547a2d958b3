import { Context } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"

/**
 * Answers requests on Node's own objects, before the routes see them; `false` leaves a request to the routes.
 * For the hot path: fibers and routes cost a small request more than its own work.
 */
export interface RawHandler {
  handle: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
}

export const RawHandler = Context.Reference<RawHandler>("mutt/layers/http/RawHandler", {
  defaultValue: () => ({ handle: undefined })
})
