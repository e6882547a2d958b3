import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto"
import { isIP } from "node:net"

/** Certificates of a private authority, made here: not every machine has OpenSSL's command. */

/** A certificate with its key, as PEM. */
export interface Issued {
  readonly cert: string
  readonly key: string
}

interface Request {
  readonly name: string
  /** DNS names and addresses. */
  readonly hosts?: ReadonlyArray<string>
  readonly from?: Date
  readonly until: Date
}

export interface Authority {
  readonly cert: string
  readonly issue: (request: Request) => Issued
}

const tagged = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const head = length < 0x80
    ? [tag, length]
    : length < 0x100
    ? [tag, 0x81, length]
    : [tag, 0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), body])
}
const sequence = (...parts: ReadonlyArray<Uint8Array>) => tagged(0x30, ...parts)
const octets = (bytes: Uint8Array) => tagged(0x04, bytes)
const bits = (bytes: Uint8Array, unused = 0) => tagged(0x03, Buffer.from([unused]), bytes)
const yes = Buffer.from([0x01, 0x01, 0xff])

const identifier = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number)
  const bytes = rest.flatMap((number) => {
    const groups = [number & 0x7f]
    for (let left = number >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    return groups
  })
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

const commonName = (name: string) =>
  sequence(tagged(0x31, sequence(identifier("2.5.4.3"), tagged(0x0c, Buffer.from(name)))))

/** `YYMMDDhhmmssZ`, good until 2049. */
const time = (date: Date) => tagged(0x17, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+/g, "").slice(2)}`))

const ecdsaWithSha256 = sequence(identifier("1.2.840.10045.4.3.2"))

const extension = (id: string, value: Uint8Array, critical = false) =>
  sequence(identifier(id), ...(critical ? [yes] : []), octets(value))

const address = (host: string): Buffer => {
  if (isIP(host) === 4) return tagged(0x87, Buffer.from(host.split(".").map(Number)))
  if (host === "::1") return tagged(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]))
  return tagged(0x82, Buffer.from(host))
}

const keyId = (spki: Uint8Array) => createHash("sha1").update(spki).digest()

const pem = (what: string, der: Uint8Array) =>
  `-----BEGIN ${what}-----\n${
    Buffer.from(der).toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n")
  }\n-----END ${what}-----\n`

const newKey = () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return { privateKey, spki: publicKey.export({ type: "spki", format: "der" }) }
}

interface Issuer {
  readonly name: string
  readonly key: KeyObject
  readonly spki: Uint8Array
}

const certificate = (
  issuer: Issuer,
  { from = new Date(), hosts = [], name, until }: Request,
  spki: Uint8Array,
  isAuthority: boolean
): string => {
  const extensions = isAuthority
    ? [
      extension("2.5.29.19", sequence(yes), true),
      extension("2.5.29.15", bits(Buffer.from([0x06]), 1), true),
      extension("2.5.29.14", octets(keyId(spki)))
    ]
    : [
      extension("2.5.29.19", sequence(), true),
      extension("2.5.29.15", bits(Buffer.from([0x80]), 7), true),
      extension("2.5.29.37", sequence(identifier("1.3.6.1.5.5.7.3.1"), identifier("1.3.6.1.5.5.7.3.2"))),
      extension("2.5.29.35", sequence(tagged(0x80, keyId(issuer.spki)))),
      extension("2.5.29.14", octets(keyId(spki))),
      ...(hosts.length === 0 ? [] : [extension("2.5.29.17", sequence(...hosts.map(address)))])
    ]
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    ecdsaWithSha256,
    commonName(issuer.name),
    sequence(time(from), time(until)),
    commonName(name),
    spki,
    tagged(0xa3, sequence(...extensions))
  )
  return pem("CERTIFICATE", sequence(body, ecdsaWithSha256, bits(sign("sha256", body, issuer.key))))
}

/** A new authority, whose key stays in this process. */
export const makeAuthority = (request: Request): Authority => {
  const { privateKey, spki } = newKey()
  const issuer: Issuer = { name: request.name, key: privateKey, spki }
  return {
    cert: certificate(issuer, request, spki, true),
    issue: (request) => {
      const own = newKey()
      return {
        cert: certificate(issuer, request, own.spki, false),
        key: String(own.privateKey.export({ type: "pkcs8", format: "pem" }))
      }
    }
  }
}
