import { Effect, Result, Schema } from "effect"
import { createHash, createPrivateKey, X509Certificate } from "node:crypto"
import { open } from "node:fs/promises"
import { createSecureContext, type SecureContextOptions } from "node:tls"
import type { TlsFiles } from "../environment/Environment.ts"

/** The files of a listener cannot be used as they are now. */
export class CertificateUnusable extends Schema.TaggedError<CertificateUnusable>()("CertificateUnusable", {
  reason: Schema.Literals(["unreadable", "malformed", "unmatched", "expired"]),
  detail: Schema.String
}) {
  override get message() {
    return `The certificate cannot be used: ${this.detail}.`
  }
  /** For the last words of a program that cannot start. */
  get problems(): ReadonlyArray<string> {
    return [this.message]
  }
}

/** A certificate with its key, as a listener takes them. */
export interface Certificate {
  readonly context: SecureContextOptions
  /** Of all files: another one says that one of them has changed. */
  readonly hash: string
  readonly subject: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** The key's file can be read by others than its owner and group. */
  readonly keyIsOpen: boolean
}

/** No chain and no key is longer. */
const longest = 1_048_576

interface File {
  readonly path: string
  readonly text: string
  readonly mode: number
}

const readPem = (path: string): Effect.Effect<File, CertificateUnusable> =>
  Effect.tryPromise({
    try: async () => {
      const file = await open(path)
      try {
        const { mode, size } = await file.stat()
        if (size > longest) throw new Error(`it is longer than ${longest} bytes`)
        return { path, mode, text: await file.readFile("utf8") }
      } finally {
        await file.close()
      }
    },
    catch: (cause) =>
      new CertificateUnusable({
        reason: "unreadable",
        detail: `${path} cannot be read (${cause instanceof Error ? cause.message : String(cause)})`
      })
  })

/** One that is being written ends in the middle. */
const isWhole = ({ text }: File): boolean => {
  const begun = text.match(/^-----BEGIN /gm)?.length ?? 0
  return begun > 0 && begun === (text.match(/^-----END /gm)?.length ?? 0)
}

/** The files as they are, whether they can be used or not. */
export interface FilesNow {
  /** Another one says that one of them has changed. */
  readonly hash: string
  readonly certificate: Effect.Effect<Certificate, CertificateUnusable>
}

/** A certificate, its key and who signs those of clients. */
export type PairFiles = Pick<TlsFiles, "certFile" | "clientCaFile" | "keyFile">

export const readFiles = (files: PairFiles): Effect.Effect<FilesNow> =>
  Effect.forEach(
    [files.certFile, files.keyFile, ...(files.clientCaFile === undefined ? [] : [files.clientCaFile])],
    (path) => Effect.result(readPem(path))
  ).pipe(Effect.map((results) => {
    const texts = results.map((result) => Result.isSuccess(result) ? result.success.text : result.failure.detail)
    const hash = createHash("sha256").update(texts.join("\0")).digest("hex")
    return {
      hash,
      certificate: Effect.flatMap(
        Effect.forEach(results, Effect.fromResult),
        (pems) => certificateOf(files, hash, pems)
      )
    }
  }))

export const readCertificate = (files: PairFiles): Effect.Effect<Certificate, CertificateUnusable> =>
  Effect.flatMap(readFiles(files), ({ certificate }) => certificate)

const unusable = (reason: CertificateUnusable["reason"], detail: string) =>
  Effect.fail(new CertificateUnusable({ reason, detail }))

/** Sees that the files fit together before anybody is shown them. */
const certificateOf = (
  files: PairFiles,
  hash: string,
  pems: ReadonlyArray<File>
): Effect.Effect<Certificate, CertificateUnusable> =>
  Effect.suspend(() => {
    const [cert, key, ca] = pems
    const torn = pems.find((file) => !isWhole(file))
    if (torn !== undefined) return unusable("malformed", `${torn.path} is not a whole PEM file`)
    if (cert === undefined || key === undefined) return unusable("unreadable", "a file is missing")
    const context: SecureContextOptions = {
      cert: cert.text,
      key: key.text,
      minVersion: "TLSv1.2",
      ...(ca === undefined ? {} : { ca: ca.text })
    }
    try {
      const shown = new X509Certificate(cert.text)
      if (!shown.checkPrivateKey(createPrivateKey(key.text))) {
        return unusable("unmatched", `the key in ${files.keyFile} is not that of the certificate in ${files.certFile}`)
      }
      createSecureContext(context)
      return Effect.succeed({
        context,
        hash,
        subject: shown.subject.replaceAll("\n", ", "),
        expiresAt: Date.parse(shown.validTo),
        keyIsOpen: (key.mode & 0o007) !== 0
      })
    } catch {
      // What OpenSSL says of it may quote the file.
      const names = pems.map(({ path }) => path).join(", ")
      return unusable("malformed", `one of ${names} holds no certificate, or no key, that can be read`)
    }
  })
