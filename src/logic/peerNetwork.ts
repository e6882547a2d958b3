import { isMapped, parseAddress } from "./addresses.ts"

/**
 * Says whose share of a server an address counts against: an IPv4 address is one peer, and so is a /64 of IPv6, all of
 * which one host may use. IPv4 on a socket for both families comes as `::ffff:192.0.2.1`. Text that is no address
 * stands for itself.
 */
export const peerNetwork = (address: string | undefined): string => {
  const bare = (address ?? "").replace(/%.*$/s, "")
  const bytes = bare.includes(":") ? parseAddress(bare) : undefined
  if (bytes === undefined) return bare.slice(0, 64)
  if (isMapped(bytes)) return bytes.subarray(12).join(".")
  const words = [0, 2, 4, 6].map((at) => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16))
  return `${words.join(":")}::/64`
}
