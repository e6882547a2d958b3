import type { Extra, Json } from "../fields/classifyFields.ts"
import { standardTraps } from "../fields/mibNames.ts"
import { readOid, snmpTrapOid, trapHeader } from "../fields/oid.ts"
import { cleanMessage } from "../fields/text.ts"
import { describeTrap, readVarbinds } from "../fields/trap.ts"
import type { TrapNames } from "../fields/trapNames.ts"

/** The OID of a trap that a record tells by its variables, or in the parts of version 1 (RFC 3584 §3.1). */
export const trapOidOf = (record: Json, names: TrapNames | undefined): string | undefined => {
  const variables = record["variables"] ?? record["varbinds"]
  if (variables === undefined) return undefined
  const named = readVarbinds(variables).find(({ oid }) => readOid(oid, names) === snmpTrapOid)
  if (named !== undefined) return readOid(named.value, names)
  const { enterprise } = record
  if (typeof enterprise !== "string") return undefined
  const kind = record["trapType"] ?? record["genericTrap"] ?? record["generic_trap"]
  const standard = typeof kind === "number" ? standardTraps[kind] : standardTraps.find((name) => name === kind)
  if (standard !== undefined) return readOid(standard)
  const specific = record["specificTrap"] ?? record["specific_trap"]
  const root = readOid(enterprise, names)
  return root === undefined || typeof specific !== "number" ? undefined : `${root}.0.${specific}`
}

/** What a trap says that has no text of its own; `undefined` when that would be nothing. */
export const trapMessage = (trapOid: string | undefined, extras: ReadonlyArray<Extra>): string | undefined => {
  const variables = extras.find(([key]) => key === "variables" || key === "varbinds")?.[1]
  const read = readVarbinds(variables)
  return trapOid === undefined && read.every(({ oid }) => trapHeader.has(oid))
    ? undefined
    : cleanMessage(describeTrap(trapOid, read))
}
