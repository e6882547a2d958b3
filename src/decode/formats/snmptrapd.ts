import type { Event } from "../../domain/Event.ts"
import { type Arrival, Refusal } from "../Arrival.ts"
import { readOid, snmpTrapAddress, snmpTrapCommunity, snmpTrapOid, wellKnownInstances } from "../fields/oid.ts"
import { cleanAddress } from "../fields/text.ts"
import { describeTrap, transportAddress, type Varbind } from "../fields/trap.ts"
import { decodeRecord } from "./record.ts"

const notATrap = new Refusal("not_syslog", "Not the text that snmptrapd gives a trap handler.")

/**
 * The text `snmptrapd` writes to a trap handler → an event. The host is the device: its name as `snmptrapd` found it, else
 * `snmpTrapAddress` (set by relays and for v1 traps), else the address the trap came from. `time` is when the handler got it.
 */
export const decodeSnmptrapd = (text: string, arrival: Arrival, time?: string): Event | Refusal => {
  const lines = text.split(/\r?\n/)
  const name = (lines[0] ?? "").trim()
  const address = transportAddress(lines[1] ?? "") ?? cleanAddress(lines[1] ?? "")
  if (name === "" || lines.length < 3 || address === undefined && name !== "<UNKNOWN>") return notATrap

  const varbinds = readVarbindLines(lines.slice(2))
  const trapOid = varbinds.find((varbind) => varbind.oid === snmpTrapOid)?.value
  const relayed = cleanAddress(varbinds.find((varbind) => varbind.oid === snmpTrapAddress)?.value ?? "")
  const device = relayed === undefined || relayed === "0.0.0.0" ? address : relayed
  const known = hostName.test(name) && cleanAddress(name) === undefined
  const oid = trapOid === undefined ? undefined : readOid(trapOid)
  return decodeRecord({
    source: "snmp",
    timestamp: time,
    hostname: known && device === address ? name : device ?? address,
    source_ip: device,
    trap_oid: oid ?? trapOid,
    message: describeTrap(oid ?? trapOid, varbinds),
    program: "snmptrapd",
    variables: varbinds.filter((varbind) => varbind.oid !== snmpTrapCommunity)
  }, arrival)
}

/** Without a name for the device the first line says `<UNKNOWN>`, or what the second says. */
const hostName = /^[A-Za-z0-9][\w.-]*$/
const start = /^((?:\.?\d+(?:\.\d+)+|\.?iso\.[\d.]+|[A-Za-z][\w-]*::[\w-]+)(?:[\w.-]|"[^"]*"|\[[^\]]*\])*) ?(.*)$/s

/** A value in quotes may span lines: lines belong to it until its quote closes. */
const readVarbindLines = (lines: ReadonlyArray<string>): ReadonlyArray<Varbind> => {
  const varbinds: Array<{ oid: string; value: string }> = []
  let open = false
  for (const line of lines) {
    const last = varbinds.at(-1)
    if (open && last !== undefined) {
      last.value += `\n${line}`
      open = !closes(line)
      continue
    }
    const found = start.exec(line)
    if (found === null) {
      if (last !== undefined && line !== "") last.value += `\n${line}`
      continue
    }
    const [, oid = "", value = ""] = found
    varbinds.push({ oid: wellKnownInstances.get(oid) ?? readOid(oid) ?? oid, value })
    open = value.startsWith("\"") && !closes(value.slice(1))
  }
  return varbinds.map(({ oid, value }) => ({ oid, value: unquote(value) }))
}

const closes = (text: string): boolean => /(?:^|[^\\])(?:\\\\)*"\s*$/.test(text)

const unquote = (value: string): string => {
  const text = value.trim()
  return text.length >= 2 && text.startsWith("\"") && text.endsWith("\"")
    ? text.slice(1, -1).replace(/\\(["\\])/g, "$1")
    : text
}
