import { Effect } from "effect"
import { createHash, randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { Issued } from "../../scripts/stack/Certificates.ts"
import { listening } from "./listening.ts"
import { authorizationOf, signatureOf } from "./s3Signature.ts"

interface Stored {
  readonly bytes: Buffer
  readonly etag: string
  readonly writer: string | undefined
}
interface Upload {
  readonly path: string
  readonly writer: string | undefined
  readonly parts: Map<number, Buffer>
}
interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
}

/**
 * What goes wrong with a request. `cut`: the connection breaks before an answer. `lost`: after the work was done.
 * `half`: in the middle of the answer. `silent`: no answer comes.
 */
export type Fault = "slow down" | "cut" | "lost" | "half" | "silent"

const writerHeader = "x-amz-meta-mutt-writer"
const etagOf = (bytes: Uint8Array) => `"${createHash("md5").update(bytes).digest("hex")}"`
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\"", "&quot;")

/**
 * A store with the bucket `events` that speaks as much of the protocol of Amazon S3 as an archive needs. It works out
 * each signature and hash itself and refuses what differs.
 */
export const s3StandIn = (
  options: { readonly pageOf?: number; readonly leastPart?: number; readonly tls?: Issued } = {}
) =>
  Effect.gen(function*() {
    const objects = new Map<string, Stored>()
    const uploads = new Map<string, Upload>()
    const store = {
      url: "",
      objects,
      uploads,
      /** The requests, such as `PUT events/a`, oldest first. */
      asked: new Array<string>(),
      /** Id → secret. */
      keys: new Map([["standin", "standin-secret"]]),
      /** `old`: it does not look at `If-None-Match`. `strict`: it refuses it. */
      conditions: "known" as "known" | "old" | "strict",
      region: "us-east-1",
      denied: undefined as ((asked: Asked) => boolean) | undefined,
      /** Is asked for each request that is signed well. */
      fault: undefined as ((asked: Asked) => Fault | undefined) | undefined
    }

    const refuse = (response: ServerResponse, status: number, code: string, more = "") =>
      response.writeHead(status, { "content-type": "application/xml" })
        .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message>${more}</Error>`)

    const refusal = (request: IncomingMessage, body: Buffer): readonly [number, string, string?] | undefined => {
      const { id, region, signature } = authorizationOf(request.headers.authorization ?? "")
      const secret = store.keys.get(id)
      if (secret === undefined) return [403, "InvalidAccessKeyId"]
      if (region !== store.region) return [400, "AuthorizationHeaderMalformed", `<Region>${store.region}</Region>`]
      const { headers, method = "", url = "" } = request
      if (signatureOf({ method, url, headers }, secret) !== signature) return [403, "SignatureDoesNotMatch"]
      return headers["x-amz-content-sha256"] === sha256(body) ? undefined : [400, "XAmzContentSHA256Mismatch"]
    }

    const isTaken = (request: IncomingMessage, path: string) =>
      store.conditions === "known" && request.headers["if-none-match"] === "*" && objects.has(path)

    const list = (response: ServerResponse, bucket: string, query: URLSearchParams) => {
      const prefix = query.get("prefix") ?? ""
      const delimiter = query.get("delimiter") ?? ""
      const found = new Set<string>()
      for (const path of objects.keys()) {
        const key = path.slice(bucket.length + 1)
        if (!path.startsWith(`${bucket}/`) || !key.startsWith(prefix)) continue
        const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length)
        found.add(end < 0 ? key : key.slice(0, end + 1))
      }
      const after = Buffer.from(query.get("continuation-token") ?? "", "base64").toString()
      const left = [...found].sort().filter((name) => name > after)
      const page = left.slice(0, options.pageOf ?? 1_000)
      const more = left.length > page.length
      response.end(
        `<ListBucketResult><Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix><IsTruncated>${more}</IsTruncated>${
          more
            ? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? "").toString("base64")}</NextContinuationToken>`
            : ""
        }${
          page.map((name) =>
            name.endsWith("/")
              ? `<CommonPrefixes><Prefix>${escaped(name)}</Prefix></CommonPrefixes>`
              : `<Contents><Key>${escaped(name)}</Key></Contents>`
          ).join("")
        }</ListBucketResult>`
      )
    }

    const get = (request: IncomingMessage, response: ServerResponse, path: string, half: boolean) => {
      const stored = objects.get(path)
      if (stored === undefined) return refuse(response, 404, "NoSuchKey")
      if ((request.headers["if-match"] ?? stored.etag) !== stored.etag) {
        return refuse(response, 412, "PreconditionFailed")
      }
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0)
      const bytes = stored.bytes.subarray(from)
      response.writeHead(from > 0 ? 206 : 200, {
        etag: stored.etag,
        "content-length": bytes.length,
        ...(stored.writer === undefined ? {} : { [writerHeader]: stored.writer })
      })
      return half ? response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy()) : response.end(bytes)
    }

    const complete = (request: IncomingMessage, response: ServerResponse, id: string, body: Buffer) => {
      const upload = uploads.get(id)
      if (upload === undefined) return refuse(response, 404, "NoSuchUpload")
      if (isTaken(request, upload.path)) return refuse(response, 412, "PreconditionFailed")
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes)
      const listed = [...body.toString().matchAll(/<ETag>([^<]*)<\/ETag>/g)].map(([, tag = ""]) => tag)
      if (listed.join() !== parts.map((bytes) => escaped(etagOf(bytes))).join()) {
        return refuse(response, 400, "InvalidPart")
      }
      if (parts.slice(0, -1).some(({ length }) => length < (options.leastPart ?? 5_242_880))) {
        return refuse(response, 400, "EntityTooSmall")
      }
      const bytes = Buffer.concat(parts)
      objects.set(upload.path, { bytes, etag: etagOf(bytes), writer: upload.writer })
      uploads.delete(id)
      return response.end("<CompleteMultipartUploadResult></CompleteMultipartUploadResult>")
    }

    const answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
      const { pathname, searchParams: query } = new URL(request.url ?? "", "http://store")
      const [method, path] = [request.method ?? "", pathname.slice(1)]
      store.asked.push(`${method} ${path}`)
      const bad = refusal(request, body)
      if (bad !== undefined) return refuse(response, ...bad)
      const [bucket = "", key = ""] = [path.split("/")[0], path.split("/").slice(1).join("/")]
      if (bucket !== "events") return refuse(response, 404, "NoSuchBucket")
      if (store.denied?.({ method, path, query }) === true) return refuse(response, 403, "AccessDenied")
      const fault = store.fault?.({ method, path, query })
      if (fault === "silent") return undefined
      if (fault === "cut") return request.socket.destroy()
      if (fault === "slow down") return refuse(response, 503, "SlowDown")
      if (fault === "lost") response.end = () => response.destroy()
      const header = request.headers[writerHeader]
      const writer = typeof header === "string" ? header : undefined
      const id = query.get("uploadId") ?? ""
      if (method === "GET") {
        return key === ""
          ? list(response, bucket, query)
          : get(request, response, path, fault === "half")
      }
      if (request.headers["if-none-match"] !== undefined && store.conditions === "strict") {
        return refuse(response, 501, "NotImplemented")
      }
      if (method === "DELETE" && id !== "") {
        uploads.delete(id)
        return response.writeHead(204).end()
      }
      if (method === "POST" && query.has("uploads")) {
        // As Ceph writes them, and with a sign that XML knows.
        const begun = `2~${randomUUID()}&+/=`
        uploads.set(begun, { path, writer, parts: new Map() })
        return response.end(`<R><UploadId>${escaped(begun)}</UploadId></R>`)
      }
      if (method === "POST") return complete(request, response, id, body)
      if (request.headers["content-md5"] !== createHash("md5").update(body).digest("base64")) {
        // As a bucket with an object lock does.
        return refuse(response, 400, "InvalidRequest")
      }
      if (method !== "PUT") return refuse(response, 405, "MethodNotAllowed")
      const etag = etagOf(body)
      if (id !== "") uploads.get(id)?.parts.set(Number(query.get("partNumber")), body)
      else if (isTaken(request, path)) return refuse(response, 412, "PreconditionFailed")
      else objects.set(path, { bytes: body, etag, writer })
      return response.writeHead(200, { etag }).end()
    }

    const take: RequestListener = (request, response) => {
      const chunks: Array<Buffer> = []
      request.on("data", (chunk: Buffer) => void chunks.push(chunk))
      request.on("end", () => void answer(request, response, Buffer.concat(chunks)))
    }
    const server = options.tls === undefined ? createServer(take) : createSecureServer(options.tls, take)
    store.url = `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${yield* listening(server)}`
    yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
    return store
  })
