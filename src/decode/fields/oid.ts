const dotted = /^\d+(?:\.\d+)*$/

/** The roots net-snmp prints by name when it has loaded the standard MIBs, and the traps every agent knows. */
const named: ReadonlyMap<string, string> = new Map([
  ["iso", "1"],
  ["SNMPv2-SMI::org", "1.3"],
  ["SNMPv2-SMI::dod", "1.3.6"],
  ["SNMPv2-SMI::internet", "1.3.6.1"],
  ["SNMPv2-SMI::mgmt", "1.3.6.1.2"],
  ["SNMPv2-SMI::mib-2", "1.3.6.1.2.1"],
  ["SNMPv2-SMI::transmission", "1.3.6.1.2.1.10"],
  ["SNMPv2-SMI::private", "1.3.6.1.4"],
  ["SNMPv2-SMI::enterprises", "1.3.6.1.4.1"],
  ["SNMPv2-SMI::snmpModules", "1.3.6.1.6.3"],
  ["SNMPv2-SMI::zeroDotZero", "0.0"],
  ["SNMPv2-MIB::snmpTraps", "1.3.6.1.6.3.1.1.5"],
  ["SNMPv2-MIB::coldStart", "1.3.6.1.6.3.1.1.5.1"],
  ["SNMPv2-MIB::warmStart", "1.3.6.1.6.3.1.1.5.2"],
  ["IF-MIB::linkDown", "1.3.6.1.6.3.1.1.5.3"],
  ["IF-MIB::linkUp", "1.3.6.1.6.3.1.1.5.4"],
  ["SNMPv2-MIB::authenticationFailure", "1.3.6.1.6.3.1.1.5.5"],
  ["NET-SNMP-MIB::netSnmpAgentOIDs", "1.3.6.1.4.1.8072.3.2"],
  ["NET-SNMP-AGENT-MIB::netSnmpNotifications", "1.3.6.1.4.1.8072.4"]
])

const standardTraps = ["coldStart", "warmStart", "linkDown", "linkUp", "authenticationFailure", "egpNeighborLoss"]
const standardRoot = "1.3.6.1.6.3.1.1.5."

/**
 * The numeric form without leading dot of an OID as senders spell it: `.1.3.6`, `iso.3.6`, `SNMPv2-SMI::enterprises.9`,
 * `IF-MIB::linkDown`. `undefined` when it begins with a name that is not one of the standard ones.
 */
export const readOid = (text: string): string | undefined => {
  const bare = text.trim().replace(/^\.+/, "")
  if (dotted.test(bare)) return bare
  const dot = bare.indexOf(".")
  const root = named.get(dot < 0 ? bare : bare.slice(0, dot))
  if (root === undefined) return undefined
  const rest = dot < 0 ? "" : bare.slice(dot)
  return dotted.test(root + rest) ? root + rest : undefined
}

/** `linkDown` and the like for the traps that every agent knows, so that text rules can name them. */
export const standardTrapName = (oid: string): string | undefined =>
  oid.startsWith(standardRoot) ? standardTraps[Number(oid.slice(standardRoot.length)) - 1] : undefined

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

/** The names net-snmp prints for those with MIBs loaded. */
export const wellKnownInstances: ReadonlyMap<string, string> = new Map([
  ["SNMPv2-MIB::snmpTrapOID.0", snmpTrapOid],
  ["SNMP-COMMUNITY-MIB::snmpTrapAddress.0", snmpTrapAddress],
  ["SNMP-COMMUNITY-MIB::snmpTrapCommunity.0", snmpTrapCommunity],
  ["SNMPv2-MIB::snmpTrapEnterprise.0", snmpTrapEnterprise],
  ["SNMPv2-MIB::sysUpTime.0", sysUpTime],
  ["DISMAN-EVENT-MIB::sysUpTimeInstance", sysUpTime]
])
