import type { Duplex } from "node:stream"
import { TLSSocket } from "node:tls"
import type { ClientRefusal } from "./metrics.ts"

/** What a client showed at the handshake. */
export interface ClientCertificate {
  readonly subject: string
  /** The common name, then the DNS names. */
  readonly names: ReadonlyArray<string>
  /** Milliseconds since 1970. */
  readonly validFrom: number
  readonly validTo: number
  /** Why it is not of the authority that was asked for; `undefined` when it is. */
  readonly problem: string | undefined
}

const known = new WeakMap<Duplex, ClientCertificate | "none">()

/** The certificate of the other side; `undefined` when it showed none. Read once of each connection. */
export const clientCertificate = (socket: Duplex): ClientCertificate | undefined => {
  let found = known.get(socket)
  if (found === undefined) known.set(socket, found = (socket instanceof TLSSocket ? read(socket) : undefined) ?? "none")
  return found === "none" ? undefined : found
}

const read = (socket: TLSSocket): ClientCertificate | undefined => {
  // A session that is taken up again counts as authorized without any certificate, so that comes first.
  const shown = socket.getPeerCertificate()
  if (shown === null || Object.keys(shown).length === 0) return undefined
  const { subject, subjectaltname = "", valid_from: from, valid_to: to } = shown
  const common: unknown = subject?.CN
  return {
    subject: Object.entries(subject ?? {}).map(([name, value]) => `${name}=${String(value)}`).join(", "),
    names: [...(typeof common === "string" ? [common] : []), ...dnsNames(subjectaltname)],
    validFrom: Date.parse(from),
    validTo: Date.parse(to),
    problem: socket.authorized ? undefined : String(socket.authorizationError)
  }
}

/** A name with a comma in it comes in quotes: such a list could be read in two ways, and is not read. */
const dnsNames = (list: string): ReadonlyArray<string> =>
  list.includes("\"")
    ? []
    : list.split(", ").flatMap((name) => name.startsWith("DNS:") ? [name.slice("DNS:".length).toLowerCase()] : [])

/**
 * Why a client with this certificate is not let in; `undefined` when it is. Times are looked at here: a connection may
 * outlive its certificate, and runtimes call one that has expired by different names.
 */
export const refusalOf = (shown: ClientCertificate | undefined, now: number): ClientRefusal | undefined => {
  if (shown === undefined) return "missing"
  if (!(now < shown.validTo)) return "expired"
  if (!(now >= shown.validFrom)) return "not_yet_valid"
  return shown.problem === undefined ? undefined : "untrusted"
}

/** For whoever is refused, and for the log. */
export const refusalWords: Readonly<Record<Exclude<ClientRefusal, "handshake">, string>> = {
  missing: "There is no client certificate.",
  expired: "The client certificate has expired.",
  not_yet_valid: "The client certificate is not valid yet.",
  untrusted: "The client certificate is not of an authority that this server takes.",
  unlisted: "The client certificate stands for no sender that this server knows."
}
