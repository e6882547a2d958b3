import { X509Certificate } from "node:crypto"
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { makeAuthority } from "./Certificates.ts"
import { stateFolder } from "./Paths.ts"
import { replaceFile } from "./replaceFile.ts"

/** Files of the certificates of a stack, each by its path. */
export interface StackTls {
  /** The authority, for whoever talks to the stack. */
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Of a sender that may send without a key. */
  readonly senderCert: string
  readonly senderKey: string
}

/** The sender that the certificate of a stack's sender stands for. */
export const stackSender = "demo-sender"

const folder = join(stateFolder, "tls")
const day = 86_400_000

const isGoodFor = (path: string, days: number): boolean =>
  existsSync(path) && Date.parse(new X509Certificate(readFileSync(path)).validTo) > Date.now() + days * day

/**
 * Certificates of an authority that is this clone's alone, made the first time and again a month before they end. The
 * authority's key is kept nowhere, so nobody can make more of them.
 */
export const privateAuthority = (): StackTls => {
  const files: StackTls = {
    ca: join(folder, "ca.crt"),
    cert: join(folder, "server.crt"),
    key: join(folder, "server.key"),
    senderCert: join(folder, "sender.crt"),
    senderKey: join(folder, "sender.key")
  }
  if (Object.values(files).every((path) => existsSync(path)) && isGoodFor(files.cert, 30)) return files
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  const from = new Date(Date.now() - day)
  const until = new Date(Date.now() + 397 * day)
  const { cert, issue } = makeAuthority({ name: "MUTT private authority", from, until })
  const server = issue({ name: "localhost", hosts: ["localhost", "127.0.0.1", "::1"], from, until })
  const sender = issue({ name: stackSender, from, until })
  replaceFile(files.key, server.key)
  replaceFile(files.cert, server.cert)
  replaceFile(files.senderKey, sender.key)
  replaceFile(files.senderCert, sender.cert)
  replaceFile(files.ca, cert)
  return files
}
