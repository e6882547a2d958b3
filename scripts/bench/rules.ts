import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Rule } from "../../src/domain/Rule.ts"
import { sampleOids, samples } from "./corpus.ts"
import { type Random, seeded } from "./Random.ts"

type Draft = Pick<Rule, "matchType" | "matchString" | "trapOid" | "prodHandling" | "priority">

const facilities =
  "ACL AAA ARP BFD BGP CDP CRYPTO DHCP DOT1X DTP EIGRP ENVMON FAN FIB FLASH HSRP IGMP IP IPSEC ISIS L2TP LACP LDP LICENSE LINEPROTO LINK MAB MEM MPLS NAT NTP OSPF PIM PLATFORM POE PORT PWR QOS RADIUS RSVP SEC SNMP SPANTREE SSH STACK STP SYS TACACS TCP UDLD VLAN VPN VRRP VTP"
    .split(" ")
const mnemonics =
  "ADJCHG ALARM AUTHFAIL BADPKT BLOCKED CHANGE CONFLICT CRASH DENIED DOWN DROPPED DUPADDR ERRDISABLE EXCEEDED EXPIRED FAIL FLAP FULL INVALID LIMIT LOOP LOST MISMATCH NOMEM OVERHEAT OVERRUN PEERDOWN REBOOT REFUSED RESET RESTART SHUTDOWN STALE SYNC THRESHOLD TIMEOUT UNREACH UNSTABLE UP VIOLATION"
    .split(" ")
const daemons =
  "ntpd sshd postfix nginx squid cron systemd kubelet dockerd chronyd smartd vsftpd slapd dovecot keepalived bird frr unbound rsyslogd auditd"
    .split(" ")
const phrases = [
  "link failure on",
  "lost quorum with",
  "certificate expires in",
  "retry limit reached for",
  "disk latency above",
  "replication lag",
  "no route to",
  "checksum error in",
  "session table nearly",
  "fan speed below"
]

/** The words of a sample that no number interrupts: what an operator would copy into a rule. */
const longestWords = (message: string): string =>
  message.split(/\d+|\[|\]/).sort((a, b) => b.length - a.length)[0]?.trim() ?? message

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

const contains = (random: Random): string =>
  random.pick([
    () => `%${random.pick(facilities)}-${random.int(8)}-${random.pick(mnemonics)}_${random.int(90) + 10}`,
    () => `${random.pick(daemons)}: ${random.pick(phrases)} unit-${random.int(900) + 100}`,
    () => `${random.pick(phrases)} ${random.pick(facilities).toLowerCase()}-${random.int(900) + 100}`
  ])()

const regex = (random: Random): string =>
  random.pick([
    () => `%${random.pick(facilities)}-[0-3]-${random.pick(mnemonics)}\\d{2}:.*neighbor (\\d{1,3}\\.){3}\\d{1,3}`,
    () => `${random.pick(daemons)}\\[\\d+\\]: .*${random.pick(phrases)} .*-${random.int(900) + 100}\\b`,
    () =>
      `interface (Gi|Te|Hu)\\S+${random.int(40)}/${random.int(48)} .*${
        random.pick(mnemonics).toLowerCase()
      }(ed|ing)?\\b`
  ])()

/**
 * Patterns in which no word must occur: nothing can tell in advance that they do not match. A handful, however many
 * rules there are.
 */
const wordless = [
  "\\b(?:[0-9a-f]{2}-){7}[0-9a-f]{2}\\b",
  "^\\s*[*!]{4,}",
  "\\b\\d{14,}\\b",
  "[\\x{4e00}-\\x{9fff}]{3,}",
  "=\\d{3}%$"
]

/**
 * `count` rules: 60 % contains, 25 % regex, 15 % OID. Forty or so of them match what the samples say, about one event
 * in three; of the matches, about one in three is forwarded. The others are what a rule book gathers over the years.
 */
export const benchRules = (count: number): ReadonlyArray<Draft> => {
  const random = seeded(42)
  const share = { contains: Math.round(count * 0.6), regex: Math.round(count * 0.25) }
  const phrase = (index: number) => longestWords(samples[(index * 7) % samples.length]?.message ?? "")
  const texts = Array.from({ length: share.contains }, (_, index) => index < 18 ? phrase(index) : contains(random))
  const patterns = Array.from(
    { length: share.regex },
    (_, index) => index < 8 ? `${escaped(phrase(index + 20))}.*\\d+` : wordless[index - 8] ?? regex(random)
  )
  const oids = Array.from({ length: count - share.contains - share.regex }, (_, index) =>
    index < 6
      ? sampleOids[index] ?? "1.3"
      : `1.3.6.1.4.1.${random.int(60_000)}.${random.int(40)}.${random.int(40)}.${random.int(40)}`)
  const drafts = [
    ...texts.map((matchString) => ({ matchType: "contains", matchString, trapOid: null } as const)),
    ...patterns.map((matchString) => ({ matchType: "regex", matchString, trapOid: null } as const)),
    ...oids.map((trapOid) => ({ matchType: "oid_prefix", matchString: null, trapOid } as const))
  ]
  const forward = new Set([0, 3, 6, 9, 12, 15])
  return drafts.map(({ matchString, matchType, trapOid }, index) => ({
    matchType,
    matchString,
    trapOid,
    prodHandling: forward.has(index % 18) ? "Page_and_ticket" : random.int(2) === 0 ? "Log_only" : "Suppress",
    // Spread over the whole range: the position of a rule in the list says nothing of how early it is tried.
    priority: 1 + ((index * 7_919) % count)
  }))
}

const row = (rule: Draft): Record<string, string | number | null> => ({
  match_type: rule.matchType,
  match_string: rule.matchString,
  trap_oid: rule.trapOid,
  prod_handling: rule.prodHandling,
  dev_handling: "Log_only",
  team_assignment: "NETO",
  priority: rule.priority
})

/** Replaces all rules in the database. */
export const storeRules = (rules: ReadonlyArray<Draft>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`TRUNCATE alert_rules`
    for (const rows of Arr.chunksOf(rules.map(row), 1_000)) yield* sql`INSERT INTO alert_rules ${sql.insert(rows)}`
  })
