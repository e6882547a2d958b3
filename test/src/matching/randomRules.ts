import { sampleOids, samples } from "../../../scripts/bench/corpus.ts"
import type { Random } from "../../../scripts/bench/Random.ts"
import type { Rule } from "../../../src/domain/Rule.ts"
import { Severity } from "../../../src/domain/Severity.ts"
import type { Matchable } from "../../../src/matching/CompiledRule.ts"
import { rule } from "./rules.ts"

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")

/** Words that sit in each other, and letters that fold in surprising ways. */
const words = ["li", "link", "Link-Down", "link-down Gi0/1", "down", "ow", "fan", "fan fail", "K", "ſ", "İ", "ß", "7"]

/** Some characters of what a real device says. */
const part = (random: Random): string => {
  const { message } = random.pick(samples)
  const from = random.int(message.length)
  return message.slice(from, from + 1 + random.int(12)).trim() || "link"
}

const literal = (random: Random) => random.int(3) === 0 ? part(random) : random.pick(words)

const pattern = (random: Random): string => {
  const [a, b, c] = [literal(random), literal(random), literal(random)].map(escaped)
  return random.pick([
    `${a}`,
    `${a}.*${b}`,
    `^${a}`,
    `${a}$`,
    `(?:${a}|${b})`,
    `(?:${a}|${b}) ?${c}`,
    `(${a})?${b}`,
    `\\b${a}\\W+${b}`,
    `[${random.pick(["Ll", "a-f", "^x"])}]${a}`,
    `(?:${a}){1,2}`,
    `\\d+`,
    `(?s)${a}.+${b}`
  ])
}

/** Any rule over a small vocabulary, so that many match the same events. */
export const randomRule = (random: Random, id: number): Rule => {
  const changes = {
    id,
    priority: random.int(4) * 10,
    syslogSeverity: random.int(3) === 0 ? random.pick(Severity.literals) : null,
    isActive: random.int(12) > 0,
    prodHandling: random.pick(["Page_only", "Ticket_only", "Log_only"] as const)
  }
  switch (random.int(7)) {
    case 0:
      return rule({
        ...changes,
        matchType: "exact",
        matchString: random.pick([random.pick(samples).message, literal(random)])
      })
    case 1:
    case 2:
      return rule({ ...changes, matchType: "contains", matchString: literal(random) })
    case 3:
      return rule({
        ...changes,
        matchType: "oid_prefix",
        trapOid: random.pick(sampleOids).split(".").slice(0, 4 + random.int(12)).join(".")
      })
    default:
      return rule({ ...changes, matchType: "regex", matchString: pattern(random) })
  }
}

export const randomRules = (random: Random, count: number): ReadonlyArray<Rule> =>
  Array.from({ length: count }, (_, index) => randomRule(random, index + 1))

/** An event over the same vocabulary: what a device says, or words in a row, with or without tag, severity and OID. */
export const randomEvent = (random: Random): Matchable & { readonly hostname: string } => {
  const said = random.int(3) === 0
    ? random.pick(samples).message
    : Array.from({ length: 1 + random.int(5) }, () => literal(random)).join(random.pick(["", " ", " ", "\n"]))
  const message = random.pick([said, said, said.toUpperCase(), ` ${said} `])
  return {
    hostname: `sw${random.int(5)}`,
    message,
    ...(random.int(3) === 0 ? { tag: `${literal(random)}${random.pick([": ", "[7]: "])}` } : {}),
    ...(random.int(4) === 0 ? {} : { severity: random.pick(Severity.literals) }),
    ...(random.int(3) === 0 ? { trapOid: `${random.pick(sampleOids)}${random.pick(["", ".1", ".1.7"])}` } : {})
  }
}
