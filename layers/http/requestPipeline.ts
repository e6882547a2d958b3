import { Cause, Clock, Context, Effect, Option } from "effect"
import { HttpRouter, HttpServerError, HttpServerRequest, HttpServerRespondable, HttpServerResponse } from "effect/http"
import { acceptCorrelationId, CorrelationId } from "../telemetry/CorrelationId.ts"
import { makeAccessLog } from "./accessLog.ts"
import { accessProblem } from "./accessProblems.ts"
import { KeyRefused, RoleRefused, StepUpNeeded, TooManyFailures } from "./Authentication.ts"
import { complete, problem } from "./problem.ts"
import { pathOf, targetFault } from "./requestTarget.ts"

type Response = HttpServerResponse.HttpServerResponse
type Request = HttpServerRequest.HttpServerRequest

/** On every answer of every program. */
export const defaultHeaders = { "x-content-type-options": "nosniff", "cache-control": "no-store" } as const

export interface RequestPipelineOptions {
  /** For each answer that does not have them itself. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Further ones that depend on the request. */
  readonly headersFor?: ((request: Request) => Readonly<Record<string, string>>) | undefined
  /** Version of the settings in force as the request begins, answered as `X-Config-Version`. */
  readonly configVersion?: (() => number) | undefined
  /** What to answer when no route fits. */
  readonly unmatched: (request: Request) => Response
}

/**
 * Wraps every route: correlation id in and out, refusal of paths that are not written plainly, problem details for
 * every error, default headers, metrics, one log line. A defect is logged at error and answered without details.
 *
 * Made for the hot path: one frame around the handler, no allocation that a plain answer does not need.
 */
export const requestPipeline = (options: RequestPipelineOptions) => {
  const accessLog = makeAccessLog()
  const defaults = Object.entries(options.headers)

  const finish = (request: Request, id: string, version: number | undefined, response: Response): Response => {
    const answer = response.status < 400 ? response : complete(response, id)
    const headers: Record<string, string> = { "x-correlation-id": id, ...options.headersFor?.(request) }
    if (version !== undefined) headers["x-config-version"] = String(version)
    for (const [name, value] of defaults) {
      if (answer.headers[name] === undefined) headers[name] = value
    }
    return HttpServerResponse.setHeaders(answer, headers)
  }

  return <E, R>(
    app: Effect.Effect<Response, E, R>
  ): Effect.Effect<Response, E, R | HttpServerRequest.HttpServerRequest> =>
    Effect.withFiber((fiber) => {
      const request = Context.getUnsafe(fiber.context, HttpServerRequest.HttpServerRequest)
      const id = acceptCorrelationId(request.headers["x-correlation-id"])
      const version = options.configVersion?.()
      const clock = fiber.getRef(Clock.Clock)
      const started = clock.monotonicTimeNanosUnsafe()
      // The server restores the fiber's context when the request is over, as it does for the router.
      fiber.setContext(Context.add(fiber.context, CorrelationId, id))

      const respond = (response: Response): Effect.Effect<Response> => {
        const seconds = Number(clock.monotonicTimeNanosUnsafe() - started) / 1e9
        const route = Context.getOrUndefined(fiber.context, HttpRouter.RouteContext)?.route.path ?? "unmatched"
        const { method } = request
        const { status } = response
        const line = accessLog(fiber.context, {
          method,
          path: pathOf(request.url) ?? request.url,
          route,
          status,
          seconds
        })
        const answer = finish(request, id, version, response)
        return line === undefined ? Effect.succeed(answer) : Effect.as(line, answer)
      }

      const fault = targetFault(request.url)
      return Effect.matchCauseEffect(fault === undefined ? app : Effect.succeed(notCanonical[fault]), {
        onSuccess: respond,
        onFailure: (cause) => {
          if (Cause.hasInterrupts(cause)) return Effect.failCause(cause)
          return Effect.flatMap(answerOf(cause, request, options.unmatched), respond)
        }
      })
    })
}

/** The answer to a failed handler. An error without an answer is a defect: logged whole, answered without details. */
const answerOf = <E>(
  cause: Cause.Cause<E>,
  request: Request,
  unmatched: RequestPipelineOptions["unmatched"]
): Effect.Effect<Response> => {
  // A body that cannot be read reaches us as a defect of the declared API, and is none.
  const error = Option.getOrElse(Cause.findErrorOption(cause), () => Cause.squash(cause))
  if (error instanceof HttpServerError.HttpServerError && error.reason._tag === "RouteNotFound") {
    return Effect.succeed(unmatched(request))
  }
  if (
    error instanceof KeyRefused || error instanceof TooManyFailures || error instanceof RoleRefused ||
    error instanceof StepUpNeeded
  ) {
    return Effect.succeed(accessProblem(error))
  }
  if (HttpServerRespondable.isRespondable(error)) {
    return Effect.map(HttpServerError.causeResponse(cause), ([response]) => response)
  }
  return Effect.as(Effect.logError("A request hit a defect.", cause), broken)
}

/** The answer to a request that hit a defect. */
export const broken = problem({
  status: 500,
  _tag: "Broken",
  detail: "This should not have happened. The log says more under this correlation id."
})

const notCanonical = {
  unreadable: problem({
    status: 400,
    _tag: "Unreadable",
    detail:
      "The path or the query has a control character or %00, or the path a % without two digits of UTF-8 behind it."
  }),
  folded: problem({
    status: 404,
    _tag: "PathUnknown",
    detail:
      "There is nothing at this path. Write it plainly: without //, ;, a / at the end, . or .. as a part, or letters, digits and control characters as %XX."
  })
}
