import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Effect, Layer } from "effect"
import type { HttpServerRequest } from "effect/http"
import type { Readable } from "node:stream"
import { IngestorSettings } from "../IngestorSettings.ts"
import { type BodyAccount, BodyBudget, pieceOverhead } from "./BodyBudget.ts"
import { BodyReader, BodyRefused } from "./BodyReader.ts"
import { makeUnpacker, packingOf } from "./Unpacker.ts"

const refused = {
  too_large: Effect.fail(new BodyRefused({ reason: "too_large" })),
  overloaded: Effect.fail(new BodyRefused({ reason: "overloaded" })),
  aborted: Effect.fail(new BodyRefused({ reason: "aborted" }))
}

/** Reads from Node's own request in one step: the streams of the platform cost more than all the rest of a small request. */
export const BodyReaderNode = Layer.effect(
  BodyReader,
  Effect.gen(function*() {
    const { maxBodyBytes, maxUnpacking, maxWaitingBytes } = yield* IngestorSettings
    const budget = new BodyBudget(maxWaitingBytes)
    const unpack = makeUnpacker(maxBodyBytes, maxUnpacking)
    if (maxWaitingBytes < 2 * maxBodyBytes) {
      yield* Effect.logWarning(
        "A key may hold half of INGEST_MAX_WAITING_BYTES at most, so bodies up to INGEST_MAX_BODY_BYTES will never be taken."
      ).pipe(Effect.annotateLogs({ maxBodyBytes, maxWaitingBytes }))
    }

    const collect = (source: Readable, account: BodyAccount): Effect.Effect<Buffer, BodyRefused> =>
      Effect.callback((resume) => {
        const chunks: Array<Buffer> = []
        let length = 0
        const leave = () => source.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose)
        const stop = (outcome: Effect.Effect<Buffer, BodyRefused>) => {
          leave()
          resume(outcome)
        }
        const onData = (chunk: Buffer) => {
          length += chunk.length
          if (length > maxBodyBytes) stop(refused.too_large)
          else if (!account.charge(chunk.length + pieceOverhead)) stop(refused.overloaded)
          else chunks.push(chunk)
        }
        const onEnd = () =>
          stop(Effect.succeed(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)))
        const onClose = () => stop(refused.aborted)
        source.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose)
        return Effect.sync(leave)
      })

    const read = <A, E, R>(
      request: HttpServerRequest.HttpServerRequest,
      sender: string,
      use: (body: Uint8Array) => Effect.Effect<A, E, R>
    ): Effect.Effect<A, E | BodyRefused, R> =>
      Effect.suspend((): Effect.Effect<A, E | BodyRefused, R> => {
        const { headers } = request
        const promised = Number(headers["content-length"] ?? 0)
        if (promised > maxBodyBytes) return refused.too_large
        const account = budget.open(sender)
        if (!account.fits(promised)) return refused.overloaded
        const source = NodeHttpServerRequest.toIncomingMessage(request)
        if (headers["expect"] !== undefined) NodeHttpServerRequest.toServerResponse(request).writeContinue()
        const packing = packingOf(headers["content-encoding"])
        const body = collect(source, account)
        return (packing === undefined
          ? body
          : Effect.flatMap(body, (encoded) => unpack(sender, encoded, packing, account)))
          .pipe(
            Effect.flatMap((bytes) => use(bytes)),
            Effect.ensuring(Effect.sync(() => account.release()))
          )
      })

    return BodyReader.of({
      read,
      open: (sender, bytes) => {
        if (bytes > maxBodyBytes) return undefined
        const account = budget.open(sender)
        return account.fits(bytes) ? account : undefined
      },
      waiting: () => budget.held
    })
  })
)
