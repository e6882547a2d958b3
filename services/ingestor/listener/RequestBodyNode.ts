import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Effect, Layer } from "effect"
import type { HttpServerRequest } from "effect/http"
import type { Readable } from "node:stream"
import { promisify } from "node:util"
import { gunzip, inflate } from "node:zlib"
import { BodyRefused, RequestBody } from "../http/RequestBody.ts"
import { IngestorSettings } from "../IngestorSettings.ts"

const unpackers = { gzip: promisify(gunzip), "x-gzip": promisify(gunzip), deflate: promisify(inflate) }
type Packing = keyof typeof unpackers

const refused = {
  too_large: Effect.fail(new BodyRefused({ reason: "too_large" })),
  overloaded: Effect.fail(new BodyRefused({ reason: "overloaded" })),
  aborted: Effect.fail(new BodyRefused({ reason: "aborted" }))
}

/** Reads from Node's own request in one step: the streams of the platform cost more than all the rest of a small request. */
export const RequestBodyNode = Layer.effect(
  RequestBody,
  Effect.gen(function*() {
    const { maxBodyBytes, maxWaitingBytes } = yield* IngestorSettings
    let waiting = 0

    /** `bytes` says how many it took from the budget, also when it fails. */
    const collect = (source: Readable, taken: { bytes: number }): Effect.Effect<Buffer, BodyRefused> =>
      Effect.callback((resume) => {
        const chunks: Array<Buffer> = []
        const stop = (outcome: Effect.Effect<Buffer, BodyRefused>) => {
          source.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose)
          resume(outcome)
        }
        const onData = (chunk: Buffer) => {
          taken.bytes += chunk.length
          waiting += chunk.length
          if (taken.bytes > maxBodyBytes) stop(refused.too_large)
          else if (waiting > maxWaitingBytes) stop(refused.overloaded)
          else chunks.push(chunk)
        }
        const onEnd = () =>
          stop(Effect.succeed(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)))
        const onClose = () => stop(refused.aborted)
        source.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose)
        return Effect.sync(() =>
          source.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose)
        )
      })

    /** What can't be unpacked goes on as it is: it will be quarantined, which is better seen than a refusal. */
    const unpack = (body: Buffer, packing: Packing, taken: { bytes: number }): Effect.Effect<Buffer, BodyRefused> =>
      Effect.tryPromise({
        try: () => unpackers[packing](body, { maxOutputLength: maxBodyBytes }),
        catch: (cause) => cause
      }).pipe(
        Effect.matchEffect({
          onFailure: (cause) => isTooLong(cause) ? refused.too_large : Effect.succeed(body),
          onSuccess: (unpacked) => {
            taken.bytes += unpacked.length
            waiting += unpacked.length
            return Effect.succeed(unpacked)
          }
        })
      )

    const read = <A, E, R>(
      request: HttpServerRequest.HttpServerRequest,
      use: (body: Uint8Array) => Effect.Effect<A, E, R>
    ): Effect.Effect<A, E | BodyRefused, R> =>
      Effect.suspend((): Effect.Effect<A, E | BodyRefused, R> => {
        const { headers } = request
        if (Number(headers["content-length"] ?? 0) > maxBodyBytes) return refused.too_large
        if (waiting > maxWaitingBytes) return refused.overloaded
        const source = NodeHttpServerRequest.toIncomingMessage(request)
        if (headers["expect"] !== undefined) NodeHttpServerRequest.toServerResponse(request).writeContinue()
        const taken = { bytes: 0 }
        const packing = packingOf(headers["content-encoding"])
        const body = collect(source, taken)
        return (packing === undefined ? body : Effect.flatMap(body, (packed) => unpack(packed, packing, taken))).pipe(
          Effect.flatMap((bytes) => use(bytes)),
          Effect.ensuring(Effect.sync(() => void (waiting -= taken.bytes)))
        )
      })

    const reserve = (bytes: number): boolean => {
      if (bytes > maxBodyBytes || waiting + bytes > maxWaitingBytes) return false
      waiting += bytes
      return true
    }

    const release = (bytes: number): void => void (waiting -= bytes)

    return RequestBody.of({ read, reserve, release, waiting: () => waiting })
  })
)

const packingOf = (encoding: string | undefined): Packing | undefined => {
  const name = encoding?.trim().toLowerCase()
  return name === "gzip" || name === "x-gzip" || name === "deflate" ? name : undefined
}

const isTooLong = (cause: unknown): boolean =>
  typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE"
