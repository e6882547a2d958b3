import { HttpServerResponse } from "effect/http"
import { Unavailable } from "../../src/api/shared/Problems.ts"
import type { ChangeOutcome } from "../../src/domain/Change.ts"

interface ProblemInit {
  readonly status: number
  /** Stable; programs act on it. */
  readonly _tag: string
  readonly detail?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Further members of the body. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

export const problemType = "application/problem+json"

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  411: "Length Required",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  503: "Service Unavailable"
}

export const titleOf = (status: number): string => titles[status] ?? "Error"

/** Members of RFC 9457 problem details. */
export const problemMembers = ({ _tag, detail, extra, status }: ProblemInit) => ({
  type: "about:blank",
  title: titleOf(status),
  status,
  ...(detail === undefined ? {} : { detail }),
  ...extra,
  _tag
})

/** Answers problem details; the pipeline of requests adds `correlation_id`. */
export const problem = (init: ProblemInit): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.jsonUnsafe(problemMembers(init), {
    status: init.status,
    contentType: problemType,
    headers: init.headers
  })

export const methodRefused = (allowed: ReadonlyArray<string>): HttpServerResponse.HttpServerResponse =>
  problem({
    status: 405,
    _tag: "MethodRefused",
    detail: `This path answers ${allowed.join(", ")}.`,
    headers: { allow: allowed.join(", ") },
    extra: { allowed }
  })

/** What no route answers: 404, or what OPTIONS asks for, or 405. */
export const unmatched = (method: string, allowed: ReadonlyArray<string>): HttpServerResponse.HttpServerResponse => {
  if (allowed.length === 0) {
    return problem({ status: 404, _tag: "PathUnknown", detail: "There is nothing at this path." })
  }
  return method === "OPTIONS"
    ? HttpServerResponse.empty({ status: 204, headers: { allow: allowed.join(", ") } })
    : methodRefused(allowed)
}

/** The answer when `what` gives none. Who sends a change again must know whether it would be made twice. */
export const unavailableAs = (what: string, outcome: ChangeOutcome): Unavailable =>
  new Unavailable({
    outcome,
    detail: outcome === "unchanged"
      ? `The ${what} cannot be reached now. Nothing was changed; try again.`
      : `The answer of the ${what} was lost, so the change may have been made or not. If you sent an Idempotency-Key, send the same request with it again: the change is made once. If not, look first.`
  })

const tags: Readonly<Record<number, string>> = {
  400: "Unreadable",
  401: "KeyRefused",
  403: "RoleRefused",
  404: "PathUnknown",
  413: "BodyTooLarge",
  415: "TypeRefused",
  422: "Invalid",
  500: "Broken",
  503: "Unavailable"
}

/** For answers that have no more than a status. */
const details: Readonly<Record<number, string>> = {
  400: "The request cannot be read.",
  413: "The body has more bytes than this program takes.",
  415: "This program does not take bodies of this type."
}

/**
 * Makes any error answer problem details with the correlation id, and `Retry-After` for 503 and 429. JSON objects keep
 * their members, plain text becomes the detail. Other bodies are left alone, and so are reports such as `/readyz`,
 * whose `status` is a word.
 */
export const complete = (
  response: HttpServerResponse.HttpServerResponse,
  correlationId: string
): HttpServerResponse.HttpServerResponse => {
  const body = response.body
  const sent = body._tag === "Empty" ? {} : membersOf(body)
  if (sent === undefined || ("status" in sent && typeof sent.status !== "number")) return response
  const { status } = response
  const answer = HttpServerResponse.jsonUnsafe({
    type: "about:blank",
    title: titleOf(status),
    _tag: tags[status] ?? "Refused",
    detail: details[status] ?? "The log may say more under this correlation id.",
    ...sent,
    status,
    correlation_id: correlationId
  }, { status, contentType: problemType })
  const { "content-length": _length, "content-type": _type, ...headers } = response.headers
  return HttpServerResponse.setHeaders(
    answer,
    status === 503 || status === 429 ? { "retry-after": "5", ...headers } : headers
  )
}

const membersOf = (body: HttpServerResponse.HttpServerResponse["body"]): object | undefined => {
  if (body._tag !== "Uint8Array") return undefined
  const text = body.text ?? new TextDecoder().decode(body.body)
  if (body.contentType.startsWith("text/plain")) return { detail: text.slice(0, 1_000) }
  if (!/[/+]json/.test(body.contentType)) return undefined
  const value: unknown = JSON.parse(text)
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined
}
