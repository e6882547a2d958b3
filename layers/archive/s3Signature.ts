import { AwsV4Signer } from "aws4fetch"
import { type DateTime, Effect, Redacted } from "effect"
import { createHash } from "node:crypto"

export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE"
  /** Below the endpoint: the bucket and the key. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: Uint8Array | undefined
}

export interface SignedRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** As Signature V4 writes what it signs, so that both are one text. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

const queryOf = (query: Readonly<Record<string, string>>): string => {
  const pairs = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

/** A bucket with an object lock takes no body without it; the hash that is signed is what protects. */
export const contentMd5 = (body: Uint8Array) => ({
  "content-md5": createHash("md5").update(body).digest("base64")
})

const nothing = new Uint8Array(0)

/** `2026-11-29T11:20:05.123Z` → `20261129T112005Z` */
const stamp = (at: DateTime.Utc): string => new Date(at.epochMilliseconds).toISOString().replaceAll(/[:-]|\.\d{3}/g, "")

/**
 * Signs a request with Signature V4, its body included: the store refuses what was changed on the way. `key` is the id
 * of an access key, a colon, and the secret.
 */
export const signed = (
  { body = nothing, headers = {}, method, path, query = {} }: S3Request,
  { endpoint, key, now, region }: {
    readonly endpoint: string
    readonly region: string
    readonly key: Redacted.Redacted
    readonly now: DateTime.Utc
  }
): Effect.Effect<SignedRequest> =>
  Effect.promise(async () => {
    const url = `${endpoint}/${path}${queryOf(query)}`
    const [accessKeyId = "", ...secret] = Redacted.value(key).split(":")
    const signer = new AwsV4Signer({
      method,
      url,
      headers: { ...headers, "x-amz-content-sha256": sha256(body) },
      service: "s3",
      region,
      accessKeyId,
      secretAccessKey: secret.join(":"),
      datetime: stamp(now),
      allHeaders: true
    })
    const { headers: all } = await signer.sign()
    return { url, headers: Object.fromEntries(all) }
  })
