import type { Event } from "../../domain/Event.ts"
import { budgetLimits } from "../Budget.ts"
import { readOid, snmpTrapAddress, snmpTrapCommunity, snmpTrapOid, trapHeader } from "../fields/oid.ts"
import { cleanAddress } from "../fields/text.ts"
import { describeTrap, transportAddress } from "../fields/trap.ts"
import { type ReceiveContext, Refusal } from "../ReceiveContext.ts"
import { decodeRecord } from "./record.ts"
import { readVariableLines } from "./variableLines.ts"

const notATrap = new Refusal("not_syslog", "Not the text that snmptrapd gives a trap handler.")
/** No trap that fits into a datagram is printed as more lines than these. */
const mostLines = 8_192
const tooManyLines = new Refusal("record_too_large", `The trap has more than ${mostLines} lines.`)
const tooManyVariables = new Refusal(
  "record_too_large",
  `The trap has more than ${budgetLimits.variables} variables.`
)
const nothing = new Refusal("missing_message", "The trap has neither a name nor a variable.")

/**
 * The text `snmptrapd` writes to a trap handler → an event. The host is the device: its name as `snmptrapd` found it,
 * else `snmpTrapAddress` (set by relays and for v1 traps), else the address the trap came from. `time` is when the
 * handler got it.
 */
export const decodeSnmptrapd = (text: string, context: ReceiveContext, time?: string): Event | Refusal => {
  const lines = text.split(/\r?\n/, mostLines + 1)
  if (lines.length > mostLines) return tooManyLines
  const name = (lines[0] ?? "").trim()
  const address = transportAddress(lines[1] ?? "") ?? cleanAddress(lines[1] ?? "")
  if (name === "" || lines.length < 2 || address === undefined && name !== "<UNKNOWN>") return notATrap

  const variables = readVariableLines(lines.slice(2), context.trapNames)
  if (variables.length > budgetLimits.variables) return tooManyVariables
  const trapOid = variables.find(({ oid }) => oid === snmpTrapOid)?.value
  const oid = trapOid === undefined ? undefined : readOid(trapOid, context.trapNames)
  if (trapOid === undefined && variables.every(({ oid }) => trapHeader.has(oid))) return nothing
  const relayed = cleanAddress(variables.find((variable) => variable.oid === snmpTrapAddress)?.value ?? "")
  const device = relayed === undefined || relayed === "0.0.0.0" ? address : relayed
  const known = hostName.test(name) && cleanAddress(name) === undefined
  return decodeRecord({
    source: "snmp",
    timestamp: time,
    hostname: known && device === address ? name : device ?? address,
    source_ip: device,
    trap_oid: oid ?? trapOid,
    message: describeTrap(oid ?? trapOid, variables),
    program: "snmptrapd",
    variables: variables.filter((variable) => variable.oid !== snmpTrapCommunity)
  }, context)
}

/** Without a name for the device the first line says `<UNKNOWN>`, or what the second says. */
const hostName = /^[A-Za-z0-9][\w.-]*$/
