import { knownNames, mibless, standardTrapRoot, standardTraps } from "./mibNames.ts"
import type { TrapNames } from "./trapNames.ts"

const dotted = /^\d{1,10}(?:\.\d{1,10}){0,255}$/

/**
 * Reads an OID in any form that senders use and gives it in numbers: `.1.3.6`, `iso.3.6`, `SNMPv2-SMI::enterprises.9`,
 * `linkDown`, `.iso.org.dod.internet.…`. A name counts by its last part; `undefined` when that is in no table.
 */
export const readOid = (text: string, names?: TrapNames): string | undefined => {
  const trimmed = text.trim()
  const bare = trimmed.charCodeAt(0) === 46 ? trimmed.replace(/^\.+/, "") : trimmed
  if (dotted.test(bare)) return bare
  const own = names?.get(bare)
  if (own !== undefined) return own
  const split = bare.lastIndexOf("::")
  const parts = bare.slice(split < 0 ? 0 : split + 2).split(".", 256)
  const last = parts.findLastIndex((part) => !isNumber(part))
  const name = parts[last] ?? ""
  const root = names?.get(split < 0 ? name : `${bare.slice(0, split)}::${name}`) ?? names?.get(name) ??
    knownNames.get(name)
  if (root === undefined) return undefined
  const tail = parts.slice(last + 1)
  const oid = tail.length === 0 ? root : `${root}.${tail.join(".")}`
  return dotted.test(oid) ? oid : undefined
}

/** Could the word be the name of a variable, in one of the ways that net-snmp prints them? */
export const isVariableName = (word: string): boolean => variable.test(word) || mibless.has(word)

const variable =
  /^(?:\.?(?:\d{1,10}|iso)(?:\.[\w-]{1,128})+|\.?[A-Za-z][\w-]{0,127}(?:::[\w-]{1,128})?(?:\.[A-Za-z][\w-]{0,127})*(?:\.\d|\.["']|\[)|[A-Za-z][\w-]{0,127}::[\w-]{1,128})/

const isNumber = (part: string): boolean => /^\d+$/.test(part)

/** `linkDown` and the like for the traps that every agent knows, so that text rules can name them. */
export const standardTrapName = (oid: string): string | undefined =>
  oid.startsWith(`${standardTrapRoot}.`) ? standardTraps[Number(oid.slice(standardTrapRoot.length + 1)) - 1] : undefined

export const snmpTrapOid = "1.3.6.1.6.3.1.1.4.1.0"
export const snmpTrapAddress = "1.3.6.1.6.3.18.1.3.0"
/** A credential: it is kept nowhere. */
export const snmpTrapCommunity = "1.3.6.1.6.3.18.1.4.0"
const snmpTrapEnterprise = "1.3.6.1.6.3.1.1.4.3.0"
const sysUpTime = "1.3.6.1.2.1.1.3.0"

/** Variables that say something of the trap, not of what happened. */
export const trapHeader: ReadonlySet<string> = new Set([
  sysUpTime,
  snmpTrapOid,
  snmpTrapAddress,
  snmpTrapCommunity,
  snmpTrapEnterprise
])
