import { readFileSync } from "node:fs"
import { getCACertificates, setDefaultCACertificates } from "node:tls"

/** Lets this process trust one more certificate authority, by its file. */
export const trustAuthority = (path: string): void =>
  setDefaultCACertificates([...getCACertificates("default"), readFileSync(path, "utf8")])

/** The code of an error, when it is about the server's certificate. Node's error is deep inside of others. */
export const certificateProblem = (error: unknown): string | undefined => {
  let code = ""
  for (let at = error, depth = 0; typeof at === "object" && at !== null && depth < 8; depth++) {
    if ("code" in at && typeof at.code === "string") code = at.code
    at = "cause" in at && at.cause !== undefined ? at.cause : "reason" in at ? at.reason : undefined
  }
  return /CERT|SIGNATURE|ISSUER/.test(code) ? code : undefined
}
