import { Config, Schema } from "effect"
import type { HostAndPort } from "./Environment.ts"

const most = 100

/** `host:port`, with an IPv6 address in brackets. */
const hostAndPort = (text: string): HostAndPort | undefined => {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:[\]]{1,253})):(\d{1,5})$/.exec(text) ?? []
  const [host, port] = [bracketed ?? plain, Number(digits)]
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port }
}

const parts = (text: string): ReadonlyArray<string> => text.split(",").map((part) => part.trim())

/** Of a text that `addresses` took. */
export const addressesOf = (text: string): ReadonlyArray<HostAndPort> =>
  parts(text).flatMap((part) => hostAndPort(part) ?? [])

const Addresses = Schema.String.check(
  Schema.makeFilter((text) => {
    const all = parts(text)
    if (all.length > most) return `Expected at most ${most} nodes`
    const wrong = all.find((part) => hostAndPort(part) === undefined)
    return wrong === undefined || `Expected host:port,host:port,… and not "${wrong.slice(0, 100)}"`
  })
)

/** Reads `host:port,host:port,…`. */
export const addresses = (name: string) => Config.schema(Addresses, name)

/** As `addresses` reads it. */
export const addressText = ({ host, port }: HostAndPort): string => `${host.includes(":") ? `[${host}]` : host}:${port}`
