import { assert, describe, it } from "@effect/vitest"
import { maskMessage } from "../../../src/logic/masking.ts"

const cases: ReadonlyArray<readonly [message: string, template: string]> = [
  ["Interface GigabitEthernet0/0/1, changed state to down", "Interface GigabitEthernet#, changed state to down"],
  ["Gi1/0/24.100 up", "Gi# up"],
  ["sshd[4321]: Failed password for root from 10.1.2.3 port 50222", "sshd[#]: Failed password for root from # port #"],
  ["deny 192.0.2.7:443 and 2001:db8::1 and fe80::1%eth0", "deny # and # and #"],
  ["mac aa:bb:cc:dd:ee:ff, AA-BB-CC-DD-EE-FF, aabb.ccdd.eeff", "mac #, #, #"],
  ["job 0b54f1f2-76e0-4e39-9d9c-cafe00000000 done", "job # done"],
  ["at 2026-08-22T10:00:00.123Z and 2026-08-22 10:00:00,5 and 10:00:01", "at # and # and #"],
  ["Aug  2 10:00:00 sw1 up", "# sw# up"],
  ["Aug 22 2026 10:00:00.123 sw1 up", "# sw# up"],
  ["at 0xDEADbeef and 7f3a9c and deadbeef1", "at # and # and #"],
  ["load 0.75, 42% of 3.5GB in 10ms", "load #, #% of #GB in #ms"],
  ["SNMPv2-MIB::linkDown on a facade", "SNMPv#-MIB::linkDown on a facade"],
  ["  two\n\twords ", "two words"],
  ["no digits here", "no digits here"]
]

describe("masking", () => {
  it.each(cases)("%s", (message, template) => {
    assert.strictEqual(maskMessage(message), template)
  })

  it("changes nothing of a template", () => {
    for (const [, template] of cases) assert.strictEqual(maskMessage(template), template)
  })

  it("makes one template of a message that only counts", () => {
    const templates = Array.from(
      { length: 1000 },
      (_, index) => maskMessage(`session ${index} from 10.0.${index % 256}.${index % 7} pid=${index * 31}`)
    )
    assert.strictEqual(new Set(templates).size, 1)
  })

  it("looks at a bounded part of a long message", () => {
    assert.isAtMost(maskMessage("word ".repeat(13_000)).length, 2048)
  })
})
