/**
 * An IPv4 or IPv6 address as 16 bytes; IPv4 as the mapped `::ffff:a.b.c.d`, so that both forms of one address are
 * equal.
 */
export type Address = Uint8Array

/** Addresses that share their first `bits` bits. An IPv6 range holds no IPv4 address, however wide it is. */
export interface AddressRange {
  readonly address: Address
  readonly bits: number
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
const decimal = /^(?:0|[1-9]\d{0,2})$/
const hexadecimal = /^[0-9a-f]{1,4}$/i

/** Is it an IPv4 address? */
export const isMapped = (address: Address): boolean => mappedPrefix.every((byte, index) => address[index] === byte)

const ipv4 = (text: string): ReadonlyArray<number> | undefined => {
  const parts = text.split(".")
  const bytes = parts.map(Number)
  return parts.length === 4 && parts.every((part) => decimal.test(part)) && bytes.every((byte) => byte <= 255)
    ? bytes
    : undefined
}

/** The bytes of the groups on one side of `::`; the last of all may be an IPv4 address. */
const groups = (text: string, last: boolean): ReadonlyArray<number> | undefined => {
  const bytes: Array<number> = []
  const parts = text === "" ? [] : text.split(":")
  for (const [index, part] of parts.entries()) {
    if (last && index === parts.length - 1 && part.includes(".")) {
      const end = ipv4(part)
      if (end === undefined) return undefined
      bytes.push(...end)
      continue
    }
    if (!hexadecimal.test(part)) return undefined
    const value = Number.parseInt(part, 16)
    bytes.push(value >> 8, value & 255)
  }
  return bytes
}

/** Reads an address without a zone (`%eth0`); `undefined` when the text is none. */
export const parseAddress = (text: string): Address | undefined => {
  const v4 = ipv4(text)
  if (v4 !== undefined) return Uint8Array.of(...mappedPrefix, ...v4)
  const halves = text.split("::")
  const head = groups(halves[0] ?? "", halves.length === 1)
  const tail = groups(halves[1] ?? "", true)
  if (head === undefined || tail === undefined || halves.length > 2) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined
  return Uint8Array.of(...head, ...Array.from({ length: missing }, () => 0), ...tail)
}

/** The address with every bit after the first `bits` zero. */
const network = ({ address, bits }: AddressRange): Address =>
  address.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))) & 255)

/** `10.0.0.0/8`, `2001:db8::/32`, or one address; else what is wrong with it, in words that do not repeat it. */
const parseRange = (text: string): AddressRange | string => {
  const [, host = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = parseAddress(host)
  if (address === undefined) return "is no address and no range of addresses"
  const offset = host.includes(":") ? 0 : 96
  const bits = length === undefined ? 128 : Number(length) + offset
  if (bits > 128) return "has a longer prefix than an address"
  const range = { address, bits }
  return network(range).some((byte, index) => byte !== address[index])
    ? "is an address with a prefix that ends before it does"
    : range
}

/** A list with commas between; or what is wrong with it, in words. An empty one is wrong. */
export const parseRanges = (text: string): ReadonlyArray<AddressRange> | string => {
  const ranges: Array<AddressRange> = []
  for (const [index, part] of text.split(",").entries()) {
    const range = parseRange(part.trim())
    if (typeof range === "string") return `entry ${index + 1} ${range}`
    ranges.push(range)
  }
  return ranges
}

export const isIn = (address: Address, ranges: ReadonlyArray<AddressRange>): boolean =>
  ranges.some((range) =>
    isMapped(address) === (isMapped(range.address) && range.bits >= 96) &&
    network({ address, bits: range.bits }).every((byte, index) => byte === range.address[index])
  )
