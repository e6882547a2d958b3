import { assert, describe, it } from "@effect/vitest"
import { parseTrapNames } from "../../../src/decode/fields/trapNames.ts"
import { decodeSnmptrapd } from "../../../src/decode/formats/snmptrapd.ts"
import { Refusal } from "../../../src/decode/ReceiveContext.ts"
import { combine, eventOf } from "./combinations.ts"
import { contextOf } from "./contextOf.ts"

/** A name in each of the ways that `-O` asks for: as it is, in numbers, short, in full, and as UCD had it. */
type Name = readonly [string, string, string, string, string]

const system = ".iso.org.dod.internet.mgmt.mib-2"
const mib = ".iso.org.dod.internet.snmpV2.snmpModules.snmpMIB.snmpMIBObjects"
const uptime: Name = [
  "DISMAN-EVENT-MIB::sysUpTimeInstance",
  ".1.3.6.1.2.1.1.3.0",
  "sysUpTimeInstance",
  `${system}.system.sysUpTime.sysUpTimeInstance`,
  "system.sysUpTime.sysUpTimeInstance"
]
const trapOid: Name = [
  "SNMPv2-MIB::snmpTrapOID.0",
  ".1.3.6.1.6.3.1.1.4.1.0",
  "snmpTrapOID.0",
  `${mib}.snmpTrap.snmpTrapOID.0`,
  `${mib}.snmpTrap.snmpTrapOID.0`
]
const linkDown: Name = [
  "IF-MIB::linkDown",
  ".1.3.6.1.6.3.1.1.5.3",
  "linkDown",
  `${mib}.snmpTraps.linkDown`,
  `${mib}.snmpTraps.linkDown`
]
const column = (name: string, number: number): Name => [
  `IF-MIB::${name}.3`,
  `.1.3.6.1.2.1.2.2.1.${number}.3`,
  `${name}.3`,
  `${system}.interfaces.ifTable.ifEntry.${name}.3`,
  `interfaces.ifTable.ifEntry.${name}.3`
]
const ways = uptime.length
const address4 = "192.0.2.7"
const address6 = "2001:db8:a5ce::7"
const transports = [
  [address4, `UDP: [${address4}]:50123->[192.0.2.99]:162`],
  [address4, `TCP: [${address4}]:50123->[192.0.2.99]:162`],
  [address4, `DTLSUDP: [${address4}]:50123`],
  [address6, `UDP/IPv6: [${address6}]:57239`],
  [address6, `UDP/IPv6: [${address6}]:57239->[2001:db8::1]:162`],
  [address6, `TCP/IPv6: [${address6}]:57239`],
  [address6, `DTLSUDP/IPv6: [${address6}]:57239`],
  [address6, `UDP6: [${address6}]:57239`]
] as const
const statuses = [["INTEGER: ", "down(2)", "INTEGER"], ["INTEGER: ", "2", "INTEGER"], ["", "down", undefined]] as const
const descriptions = [
  "GigabitEthernet0/3",
  "\"GigabitEthernet0/3\"",
  "STRING: GigabitEthernet0/3",
  "STRING: \"GigabitEthernet0/3\""
]
const times = ["0:1:02:03.45", "372345", "Timeticks: (372345) 1:02:03.45"]
const names = ["<UNKNOWN>", "sw1.example.net", "same as second"]
const joints = [" ", " = "]

describe("the ways snmptrapd prints a trap", () => {
  it("all tell the device, the trap and its variables", () => {
    const faults: Array<string> = []
    const lists = [
      ways,
      transports.length,
      statuses.length,
      descriptions.length,
      times.length,
      names.length,
      joints.length,
      2
    ]
    const made = combine(
      lists,
      (way = 0, transport = 0, status = 0, description = 0, time = 0, name = 0, joint = 0, version = 0) => {
        const [address = "", second = ""] = transports[transport] ?? []
        const [prefix = "", value = "", type] = statuses[status] ?? []
        const pair = (left: Name, right: string) => `${left[way]}${joints[joint]}${right}`
        const lines = [
          names[name] === "same as second" ? second : names[name],
          second,
          pair(uptime, times[time] ?? ""),
          pair(trapOid, `${time === 2 ? "OID: " : ""}${linkDown[way]}`),
          pair(column("ifDescr", 2), descriptions[description] ?? ""),
          pair(column("ifOperStatus", 8), prefix + value),
          // A trap of version 1 is told with its agent at the end, and its community, which is kept nowhere.
          ...version === 0
            ? []
            : [`.1.3.6.1.6.3.18.1.3.0${joints[joint]}${address}`, `.1.3.6.1.6.3.18.1.4.0${joints[joint]}"hush"`]
        ]
        const event = decodeSnmptrapd(lines.join("\n"), contextOf())
        if (event instanceof Refusal) return void faults.push(`${event.detail}: ${lines.join("\n")}`)
        const variables = Array.isArray(event.fields?.["variables"]) ? event.fields["variables"] : []
        const seen = JSON.stringify(variables.slice(2, 4), ["oid", "type", "value"])
        const described = description > 1 ? { type: "STRING" } : {}
        const wanted = JSON.stringify([
          { oid: "1.3.6.1.2.1.2.2.1.2.3", ...described, value: "GigabitEthernet0/3" },
          { oid: "1.3.6.1.2.1.2.2.1.8.3", ...type === undefined ? {} : { type }, value }
        ])
        const host = names[name] === "sw1.example.net" ? "sw1.example.net" : address
        const right = event.hostname === host && event.trapOid === "1.3.6.1.6.3.1.1.5.3" && seen === wanted
          && event.sourceIp === address && !JSON.stringify(event).includes("hush")
        if (!right && faults.length < 10) faults.push(`${event.hostname} ${event.trapOid} ${seen}\n${lines.join("\n")}`)
      }
    )
    assert.deepStrictEqual(faults, [])
    assert.isAbove(made, 15_000)
  }, 60_000)

  it("tell the same in a log that is sent as syslog", () => {
    const faults: Array<string> = []
    combine([ways, transports.length, 3, 3], (way = 0, transport = 0, name = 0, joint = 0) => {
      const [address = "", where = ""] = transports[transport] ?? []
      const feed = ["#012", "\n", " "][joint] ?? ""
      const text = `2026-11-28 03:09:35 ${["<UNKNOWN>", "sw1", address][name]} [${where}]:${feed}${uptime[way]} = `
        + `Timeticks: (1) 0:00:00.01#011${trapOid[way]} = OID: ${linkDown[way]}#011${
          column("ifIndex", 1)[way]
        } = INTEGER: 3`
      const event = eventOf(`<29>Nov 28 03:09:35 trapsrv snmptrapd[123]: ${text}`)
      const host = name === 1 ? "sw1" : address
      if (event.hostname !== host || event.trapOid !== "1.3.6.1.6.3.1.1.5.3" || event.source !== "snmp") {
        faults.push(text)
      }
    })
    assert.deepStrictEqual(faults, [])
  })

  it("are quarantined when nothing would remain of them", () => {
    for (const rest of ["", "\n", "\nsysUpTimeInstance 0:1:02:03.45\n", "\ndown\n"]) {
      const result = decodeSnmptrapd(`sw1\nUDP: [192.0.2.7]:1->[192.0.2.99]:162${rest}`, contextOf())
      assert.instanceOf(result, Refusal)
      assert.strictEqual(result.reason, "missing_message")
    }
  })
})

describe("a table of names", () => {
  const table =
    "# ours\n\nCISCO-CONFIG-MAN-MIB::ciscoConfigManEvent = .1.3.6.1.4.1.9.9.43.2.0.1\nmyTrap=1.3.6.1.4.1.99.1\n"

  it("makes names of traps that no MIB here tells into OIDs", () => {
    const read = parseTrapNames(table)
    assert.isTrue(read.ok)
    if (!read.ok) return
    for (
      const [name, oid] of [
        ["CISCO-CONFIG-MAN-MIB::ciscoConfigManEvent", "1.3.6.1.4.1.9.9.43.2.0.1"],
        ["ciscoConfigManEvent", "1.3.6.1.4.1.9.9.43.2.0.1"],
        [".iso.org.dod.internet.private.enterprises.x.myTrap", "1.3.6.1.4.1.99.1"],
        ["myTrap.0.7", "1.3.6.1.4.1.99.1.0.7"]
      ]
    ) {
      const event = decodeSnmptrapd(
        `sw1\nUDP: [192.0.2.7]:1->[192.0.2.99]:162\nsnmpTrapOID.0 ${name}\n`,
        contextOf({ trapNames: read.names })
      )
      assert.isNotTrue(event instanceof Refusal)
      assert.strictEqual(Reflect.get(event, "trapOid"), oid)
    }
  })

  it("names each line that it cannot be read by", () => {
    assert.deepStrictEqual(parseTrapNames("a = 1.3\nb 1.3\nc = x.y\na = 1.4\n"), {
      ok: false,
      problems: [
        { line: 2, problem: "is not `name = OID`" },
        { line: 3, problem: "x.y is no OID in numbers" },
        { line: 4, problem: "a has two OIDs: 1.3 and 1.4" }
      ]
    })
  })
})
