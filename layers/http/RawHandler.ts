import { Context } from "effect"
import type { IncomingMessage, ServerResponse } from "node:http"

/**
 * Where a program puts a handler that sees each request first, on Node's own objects, and says whether it answers it. A request that needs
 * no more than a few microseconds of work costs several times that on the way through fibers and routes.
 */
export interface RawHandler {
  handle: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
}

/** A server that knows of none passes every request to the routes. */
export const RawHandler = Context.Reference<RawHandler>("mutt/layers/http/RawHandler", {
  defaultValue: () => ({ handle: undefined })
})
