/**
 * Whose share of a server an address counts against: an IPv4 address is one peer, and so is a /64 of IPv6, all of which one host may
 * use. IPv4 on a socket for both families comes as `::ffff:192.0.2.1`.
 */
export const peerNetwork = (address: string | undefined): string => {
  if (address === undefined) return ""
  if (!address.includes(":")) return address
  if (address.startsWith("::ffff:") && address.includes(".")) return address.slice(7)
  const [head = "", tail] = address.split("%", 1)[0]?.split("::") ?? []
  const first = groupsOf(head)
  const last = groupsOf(tail ?? "")
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length)
  return `${[...first, ...Array.from({ length: zeros }, () => "0"), ...last].slice(0, 4).join(":")}::/64`
}

const groupsOf = (text: string): ReadonlyArray<string> =>
  text === "" ? [] : text.split(":").map((group) => group.replace(/^0+(?=.)/, "").toLowerCase())
