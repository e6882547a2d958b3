import { Effect, Schema, Semaphore } from "effect"
import { createGunzip, createInflate } from "node:zlib"
import { type BodyAccount, chunkOverhead } from "./BodyBudget.ts"

/** `too_large`: beyond the limit, unpacked. `overloaded`: its sender holds as many bytes as it may now. */
export class BodyRefused extends Schema.TaggedError<BodyRefused>()("BodyRefused", {
  reason: Schema.Literals(["too_large", "overloaded"])
}) {}

const unpackers = { gzip: createGunzip, "x-gzip": createGunzip, deflate: createInflate }
type ContentEncoding = keyof typeof unpackers

export const encodingOf = (header: string | undefined): ContentEncoding | undefined => {
  const name = header?.trim().toLowerCase()
  return name === "gzip" || name === "x-gzip" || name === "deflate" ? name : undefined
}

type Charged = Pick<BodyAccount, "charge">

/** Bytes that are unpacked before they are charged. */
const chunkSize = 65_536

const tooLarge = Effect.fail(new BodyRefused({ reason: "too_large" }))
const overloaded = Effect.fail(new BodyRefused({ reason: "overloaded" }))

/**
 * Unpacks bodies chunk by chunk, each charged to its sender, up to the first that is too much: a few kilobytes can
 * stand for gigabytes. Unpacks `atOnce` at one time, and one of each sender.
 */
export const makeUnpacker = (maxBodyBytes: number, atOnce: number) => {
  const slots = Semaphore.makeUnsafe(atOnce)
  const turns = new Map<string, Semaphore.Semaphore>()
  const turnOf = (sender: string): Semaphore.Semaphore => {
    const known = turns.get(sender)
    if (known !== undefined) return known
    const turn = Semaphore.makeUnsafe(1)
    turns.set(sender, turn)
    return turn
  }

  /** A body that can't be unpacked stays as it is and is quarantined, which is better seen than a refusal. */
  const unpack = (body: Buffer, encoding: ContentEncoding, account: Charged): Effect.Effect<Buffer, BodyRefused> =>
    Effect.callback((resume) => {
      const unpacker = unpackers[encoding]({ chunkSize })
      const chunks: Array<Buffer> = []
      let length = 0
      const stop = (outcome: Effect.Effect<Buffer, BodyRefused>) => {
        unpacker.destroy()
        resume(outcome)
      }
      unpacker.on("data", (chunk: Buffer) => {
        length += chunk.length
        if (length > maxBodyBytes) stop(tooLarge)
        else if (!account.charge(chunk.length + chunkOverhead)) stop(overloaded)
        else chunks.push(chunk)
      })
      unpacker.on("error", () => stop(Effect.succeed(body)))
      unpacker.on("end", () => stop(Effect.succeed(Buffer.concat(chunks, length))))
      unpacker.end(body)
      return Effect.sync(() => unpacker.destroy())
    })

  return (sender: string, body: Buffer, encoding: ContentEncoding, account: Charged) =>
    unpack(body, encoding, account).pipe(slots.withPermits(1), turnOf(sender).withPermits(1))
}
