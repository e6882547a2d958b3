import { budgetLimits } from "../Budget.ts"
import { boundedJson } from "./boundedJson.ts"
import { standardTrapRoot } from "./mibNames.ts"
import { readOid, standardTrapName, trapHeader } from "./oid.ts"
import { cleanAddress } from "./text.ts"
import type { TrapNames } from "./trapNames.ts"

/** A variable of a trap. `oid` is numeric where its name could be read. */
export interface Varbind {
  readonly oid: string
  /** As it was printed, where that was a name. */
  readonly name?: string
  /** As it was printed, without its colon: `INTEGER`, `Hex-STRING`. */
  readonly type?: string
  readonly value: string
}

/** Describes a trap in one line, for people and for text rules: its name, then its variables. */
export const describeTrap = (oid: string | undefined, varbinds: ReadonlyArray<Varbind>): string => {
  const name = oid === undefined ? undefined : standardTrapName(oid)
  const head = oid === undefined ? "SNMP trap" : name === undefined ? `SNMP trap ${oid}` : `SNMP trap ${oid} (${name})`
  const said = varbinds.filter((varbind) => !trapHeader.has(varbind.oid))
  return said.length === 0
    ? head
    : `${head}: ${said.map(({ name, oid, value }) => `${name ?? oid}=${value}`).join(", ")}`
}

const most = budgetLimits.variables

/**
 * Reads the variables of a trap in a record: `"@{oid=1.3; value=2}"`, `{ oid, value }` or `{ "1.3": "2" }`, at most
 * `most` of them.
 */
export const readVarbinds = (value: unknown): ReadonlyArray<Varbind> => {
  if (Array.isArray(value)) return value.slice(0, most).flatMap(readVarbind).slice(0, most)
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).slice(0, most).map(([oid, item]) => ({ oid: bare(oid), value: print(item) }))
}

const shown = /^@\{oid=([^;]*); *value=([\s\S]*)\}$/

const readVarbind = (value: unknown): ReadonlyArray<Varbind> => {
  if (typeof value === "string") {
    const match = shown.exec(value)
    return match === null ? [{ oid: "", value }] : [{ oid: bare(match[1] ?? ""), value: match[2] ?? "" }]
  }
  if (typeof value !== "object" || value === null) return []
  const held = new Map(Object.entries(value))
  const oid = held.get("oid") ?? held.get("name")
  if (typeof oid === "string") return [{ oid: bare(oid), value: print(held.get("value")) }]
  return Object.entries(value).map(([key, item]) => ({ oid: bare(key), value: print(item) }))
}

const bare = (oid: string): string => oid.trim().replace(/^\.+/, "").replace(/^iso\./, "1.")

const print = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "" : boundedJson(value)

/** `UDP: [192.0.2.7]:50123->[10.0.0.1]:162`, as net-snmp writes where a trap came from → `192.0.2.7`. */
export const transportAddress = (text: string): string | undefined => cleanAddress(peer.exec(text)?.[1] ?? "")

const peer = /\b(?:UDP|TCP|DTLSUDP|DTLSSCTP|TLSTCP|DTLS|TLS|SSH)(?:6|\/IPv[46])?: {0,4}\[([^\]]{2,64})\]/i

/** What a line of `snmptrapd` in a log says. */
interface TrapLog {
  /** `undefined` when its name is in no table. */
  readonly oid: string | undefined
  readonly address: string | undefined
  /** The device: by the name that `snmptrapd` found for it, or by its address. */
  readonly hostname: string | undefined
}

/**
 * Reads what `snmptrapd` writes about a trap into a log, in either of its formats: the trap's OID and the address of
 * the device. The traps of version 1 are translated as RFC 3584 §3.1 says.
 */
export const readTrapLog = (message: string, names?: TrapNames): TrapLog | undefined => {
  const text = message.slice(0, looked)
  const written = version2.exec(text)?.[1]
  const oid = (written === undefined ? undefined : readOid(written, names)) ?? readVersion1(text, names)
  const [, name, agent] = device.exec(text) ?? []
  const address = cleanAddress(agent ?? "") ?? transportAddress(text)
  const known = name !== undefined && cleanAddress(name) === undefined
  const hostname = known ? name.toLowerCase() : address
  if (oid !== undefined) return { oid, address, hostname }
  const isTrap = written !== undefined || text.includes(" TRAP, SNMP ")
  return isTrap && address !== undefined ? { oid, address, hostname } : undefined
}

/** `sw1 [UDP: […`, and `sw1 [192.0.2.41] (via UDP: […` of a trap of version 1, which names the agent's address too. */
const device =
  /(?:^|\s)([A-Za-z0-9][\w.:-]{0,254}) {0,2}(?:\[([\d.]{7,15})\] {0,2})?[[(](?:via )?(?:UDP|TCP|DTLS|TLS|SSH)[\w/]{0,8}: {0,4}\[/

/** The names of trap and device stand at the beginning. */
const looked = 8_192
const version2 = /(?:snmpTrapOID\.0|\b6\.3\.1\.1\.4\.1\.0) {0,4}=? {0,4}(?:OID: {0,4})?([\w.:-]{1,512})/
const version1 =
  /TRAP, SNMP v1.{0,200}?(?:#01\d|\s)([.\w:-]{3,255}) (Cold Start|Warm Start|Link Down|Link Up|Authentication Failure|EGP Neighbor Loss|Enterprise Specific) Trap \((\d{1,10})\)/s
const generic = ["Cold Start", "Warm Start", "Link Down", "Link Up", "Authentication Failure", "EGP Neighbor Loss"]

const readVersion1 = (message: string, names: TrapNames | undefined): string | undefined => {
  const [, enterprise, name = "", specific = ""] = version1.exec(message) ?? []
  if (enterprise === undefined) return undefined
  const known = generic.indexOf(name)
  return known < 0
    ? readOid(`${readOid(enterprise, names) ?? enterprise}.0.${specific}`)
    : `${standardTrapRoot}.${known + 1}`
}
