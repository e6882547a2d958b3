/** The peer's address as it is written elsewhere: IPv4 on a socket for both families comes as `::ffff:192.0.2.1`. */
export const peerAddress = (address: string | undefined): string | undefined =>
  address?.startsWith("::ffff:") === true && address.includes(".") ? address.slice(7) : address
