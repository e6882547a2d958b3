import { createHash, createHmac } from "node:crypto"

export interface Signable {
  readonly method: string
  /** As it came, with its query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
}

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")
const hmac = (key: string | Uint8Array, text: string) => createHmac("sha256", key).update(text).digest()
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

/** What an `Authorization` header says of who signed, where and what. */
export const authorizationOf = (header: string) => {
  const [, id = "", day = "", region = "", names = "", signature = ""] = form.exec(header) ?? []
  return { id, day, region, names, signature }
}

/** The signature that Amazon's description of Signature V4 for S3 asks for, worked out from a request as it came. */
export const signatureOf = ({ headers, method, url }: Signable, secret: string): string => {
  const { day, names, region } = authorizationOf(String(headers["authorization"]))
  const { pathname, searchParams } = new URL(url, "http://store")
  const query = [...searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort().join("&")
  const path = pathname.split("/").map((part) => encoded(decodeURIComponent(part))).join("/")
  const listed = names.split(";").map((name) => `${name}:${String(headers[name] ?? "").trim().replace(/ +/g, " ")}\n`)
  const canonical = [method, path, query, listed.join(""), names, headers["x-amz-content-sha256"]].join("\n")
  const scope = `${day}/${region}/s3/aws4_request`
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), "s3"), "aws4_request")
  return hmac(key, ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n")).toString("hex")
}
