import { assert, it } from "@effect/vitest"
import { peerNetwork } from "../../../src/logic/peerNetwork.ts"

it("a peer is an IPv4 address, or a /64 of IPv6", () => {
  const cases: ReadonlyArray<readonly [string | undefined, string]> = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:0001:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    [undefined, ""]
  ]
  for (const [address, network] of cases) assert.strictEqual(peerNetwork(address), network)
})
