import { Duration, Option } from "effect"
import { Cookies, HttpServerResponse } from "effect/http"
import type { RequestHeaders, Sent } from "../../../layers/http/Authentication.ts"
import { isIn, parseAddress, parseRanges } from "../../../src/logic/addresses.ts"

/** Sent by the console with what it asks while nobody touches it. */
const unattendedHeader = "x-mutt-unattended"

/** How this program's listener is reached, and by which cookie logins come. */
export interface CookieRules {
  /** The listener speaks TLS. */
  readonly tls: boolean
  /** It does not, and people log in from other machines all the same. */
  readonly plainHttp: boolean
  readonly name: string
}

/** A name that begins with `__Host-` is set by the host itself alone, over TLS or on the machine itself. */
export const cookieRules = (tls: boolean, plainHttp: boolean): CookieRules => {
  const unencrypted = plainHttp && !tls
  return { tls, plainHttp: unencrypted, name: unencrypted ? "mutt" : "__Host-mutt" }
}

export const cookieNamed = (name: string, headers: RequestHeaders): string | undefined => {
  const found = Cookies.parseHeader(headers["cookie"] ?? "")[name]
  return found === "" ? undefined : found
}

type Response = HttpServerResponse.HttpServerResponse

export const withCookie = ({ name, plainHttp }: CookieRules, value: string, maxAgeMs: number) => (response: Response) =>
  HttpServerResponse.setCookieUnsafe(response, name, value, {
    httpOnly: true,
    secure: !plainHttp,
    sameSite: "strict",
    path: "/",
    maxAge: Duration.seconds(Math.ceil(maxAgeMs / 1_000))
  })

export const isChange = ({ method }: Sent): boolean => method !== "GET" && method !== "HEAD" && method !== "OPTIONS"

/**
 * Does the request show that somebody is there? Listening does not, and neither does what a page asks by itself, as it
 * says: who left the console open would stay logged in.
 */
export const isUse = ({ headers }: Sent): boolean =>
  headers["accept"]?.includes("text/event-stream") !== true && headers[unattendedHeader] === undefined

const parsed = parseRanges("127.0.0.0/8, ::1")
const loopback = typeof parsed === "string" ? [] : parsed

const isLoopback = (text: string): boolean => {
  const address = parseAddress(text)
  return address !== undefined && isIn(address, loopback)
}

/** Did it come from this machine? The address is the socket's. */
export const isFromHere = ({ peerAddress }: Sent): boolean => isLoopback(Option.getOrElse(peerAddress, () => ""))

/** And was this machine asked by a name of its own? A proxy on it passes on the name that strangers use. */
export const isAskedHere = (request: Sent): boolean => {
  const host = /^(?:\[([^\]]+)\]|([^:]+))(?::\d+)?$/.exec(request.headers["host"] ?? "")
  const name = host?.[1] ?? host?.[2] ?? ""
  return isFromHere(request) && (name.toLowerCase() === "localhost" || isLoopback(name))
}

/** May cookies travel on the way that the request came? */
export const isPrivateWay = ({ plainHttp, tls }: CookieRules, request: Sent): boolean =>
  tls || plainHttp || isFromHere(request)

/** Is the page that asks ours, as the browser says? `undefined`: nothing says so, as without a browser. */
export const isOwnPage = ({ tls }: CookieRules, { headers }: Sent): boolean | undefined => {
  const site = headers["sec-fetch-site"]
  if (site !== undefined) return site === "same-origin"
  const origin = headers["origin"]
  if (origin === undefined) return undefined
  const url = URL.parse(origin)
  return url !== null && url.host === headers["host"]?.toLowerCase() && (!tls || url.protocol === "https:")
}

/** JSON needs our page: other sites can send forms and plain text alone. */
const hasOtherBody = ({ headers }: Sent): boolean => {
  const type = headers["content-type"]
  const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0
  return type === undefined ? hasBody : !/^application\/json(?:\s*;|$)/i.test(type)
}

/** Why the cookie of this request does not count, in a sentence; `undefined`: it does. */
export const cookieProblem = (rules: CookieRules, request: Sent): string | undefined => {
  if (!isPrivateWay(rules, request)) return "A login counts over TLS, or on this machine itself."
  if (!isChange(request)) {
    return request.headers["sec-fetch-site"] === "cross-site" ? "A login counts for pages of our own." : undefined
  }
  if (isOwnPage(rules, request) !== true) return "A login changes something from pages of our own alone."
  return hasOtherBody(request) ? "A login sends JSON." : undefined
}
