/** The traps that every agent knows, in the order of their numbers below `standardTrapRoot`, from 1. */
export const standardTraps = "coldStart warmStart linkDown linkUp authenticationFailure egpNeighborLoss".split(" ")
export const standardTrapRoot = "1.3.6.1.6.3.1.1.5"
const ifEntry = "1.3.6.1.2.1.2.2.1"
const ifXEntry = "1.3.6.1.2.1.31.1.1.1"

/**
 * Last parts of names that are the same in all MIBs: roots, the traps of every agent, and what their variables are
 * called.
 */
export const knownNames: ReadonlyMap<string, string> = new Map([
  ["iso", "1"],
  ["org", "1.3"],
  ["dod", "1.3.6"],
  ["internet", "1.3.6.1"],
  ["mgmt", "1.3.6.1.2"],
  ["mib-2", "1.3.6.1.2.1"],
  ["transmission", "1.3.6.1.2.1.10"],
  ["experimental", "1.3.6.1.3"],
  ["private", "1.3.6.1.4"],
  ["enterprises", "1.3.6.1.4.1"],
  ["snmpV2", "1.3.6.1.6"],
  ["snmpModules", "1.3.6.1.6.3"],
  ["zeroDotZero", "0.0"],
  ["netSnmpAgentOIDs", "1.3.6.1.4.1.8072.3.2"],
  ["netSnmpNotifications", "1.3.6.1.4.1.8072.4"],
  ["snmpTraps", standardTrapRoot],
  ...standardTraps.map((name, index): [string, string] => [name, `${standardTrapRoot}.${index + 1}`]),
  ["snmpTrapOID", "1.3.6.1.6.3.1.1.4.1"],
  ["snmpTrapEnterprise", "1.3.6.1.6.3.1.1.4.3"],
  ["snmpTrapAddress", "1.3.6.1.6.3.18.1.3"],
  ["snmpTrapCommunity", "1.3.6.1.6.3.18.1.4"],
  ["sysDescr", "1.3.6.1.2.1.1.1"],
  ["sysObjectID", "1.3.6.1.2.1.1.2"],
  ["sysUpTime", "1.3.6.1.2.1.1.3"],
  ["sysUpTimeInstance", "1.3.6.1.2.1.1.3.0"],
  ["sysContact", "1.3.6.1.2.1.1.4"],
  ["sysName", "1.3.6.1.2.1.1.5"],
  ["sysLocation", "1.3.6.1.2.1.1.6"],
  ["ifIndex", `${ifEntry}.1`],
  ["ifDescr", `${ifEntry}.2`],
  ["ifType", `${ifEntry}.3`],
  ["ifMtu", `${ifEntry}.4`],
  ["ifSpeed", `${ifEntry}.5`],
  ["ifPhysAddress", `${ifEntry}.6`],
  ["ifAdminStatus", `${ifEntry}.7`],
  ["ifOperStatus", `${ifEntry}.8`],
  ["ifLastChange", `${ifEntry}.9`],
  ["ifName", `${ifXEntry}.1`],
  ["ifHighSpeed", `${ifXEntry}.15`],
  ["ifAlias", `${ifXEntry}.18`]
])

/** Variables that are printed without an index. */
export const mibless: ReadonlySet<string> = new Set(["sysUpTimeInstance"])
