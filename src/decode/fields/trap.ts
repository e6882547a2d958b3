import { readOid, standardTrapName, trapHeader } from "./oid.ts"
import { cleanAddress } from "./text.ts"

export interface Varbind {
  readonly oid: string
  readonly value: string
}

/** A trap in one line, for people and for text rules: its name where it has one, then what it says. */
export const describeTrap = (oid: string | undefined, varbinds: ReadonlyArray<Varbind>): string => {
  const name = oid === undefined ? undefined : standardTrapName(oid)
  const head = oid === undefined ? "SNMP trap" : name === undefined ? `SNMP trap ${oid}` : `SNMP trap ${oid} (${name})`
  const said = varbinds.filter((varbind) => !trapHeader.has(varbind.oid))
  return said.length === 0 ? head : `${head}: ${said.map(({ oid, value }) => `${oid}=${value}`).join(", ")}`
}

/** Reads the variables of a trap as records spell them: `"@{oid=1.3; value=2}"`, `{ oid, value }`, `{ "1.3": "2" }`. */
export const readVarbinds = (value: unknown): ReadonlyArray<Varbind> => {
  if (Array.isArray(value)) return value.flatMap(readVarbind)
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).map(([oid, item]) => ({ oid: bare(oid), value: print(item) }))
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

const print = (value: unknown): string => typeof value === "string" ? value : JSON.stringify(value) ?? ""

/** `UDP: [192.0.2.7]:50123->[10.0.0.1]:162`, as net-snmp writes where a trap came from → `192.0.2.7`. */
export const transportAddress = (text: string): string | undefined => cleanAddress(peer.exec(text)?.[1] ?? "")

const peer = /(?:UDP6?|TCP6?|DTLSUDP6?|TLSTCP6?|DTLS|TLS): *\[([^\]]{2,64})\]/i

/**
 * What `snmptrapd` writes about a trap into a log, in either of its formats: the trap's OID and the address of the device.
 * The traps of version 1 are translated as RFC 3584 §3.1 says.
 */
export const readTrapLog = (
  message: string
): { readonly oid: string; readonly address: string | undefined } | undefined => {
  const oid = readOid(version2.exec(message)?.[1] ?? "") ?? readVersion1(message)
  return oid === undefined ? undefined : { oid, address: transportAddress(message) }
}

const version2 = /(?:snmpTrapOID\.0|\b6\.3\.1\.1\.4\.1\.0) *= *(?:OID: *)?([\w.:-]+)/
const version1 =
  /TRAP, SNMP v1.{0,200}?(?:#01\d|\s)([.\w:-]{3,255}) (Cold Start|Warm Start|Link Down|Link Up|Authentication Failure|EGP Neighbor Loss|Enterprise Specific) Trap \((\d{1,10})\)/s
const generic = ["Cold Start", "Warm Start", "Link Down", "Link Up", "Authentication Failure", "EGP Neighbor Loss"]

const readVersion1 = (message: string): string | undefined => {
  const [, enterprise = "", name = "", specific = ""] = version1.exec(message) ?? []
  const known = generic.indexOf(name)
  return known < 0 ? readOid(`${enterprise}.0.${specific}`) : `1.3.6.1.6.3.1.1.5.${known + 1}`
}
