import { Effect } from "effect"
import { createServer, type Server } from "node:net"
import process from "node:process"

/** Listens on the port of the loopback address; `undefined` when somebody else does. */
const listen = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(undefined))
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server))
  })

/** Whether nobody listens on the port of the loopback address. */
export const isFree = (port: number): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const server = await listen(port)
    if (server === undefined) return false
    await new Promise<void>((resolve) => server.close(() => resolve()))
    return true
  })

/** Below the range that the kernel hands out for outgoing connections, so that none of those takes a port of ours. */
const first = 18_000
const blocks = 140
const blockSize = 100

/**
 * The first port of a block that no other process picks from. This process listens on it for as long as it lives: else
 * two that look for a port at once find the same one free, and only one of their servers can have it.
 */
const claimBlock = async (): Promise<number> => {
  for (let tries = 0; tries < blocks; tries++) {
    const block = first + (process.pid + tries) % blocks * blockSize
    const held = await listen(block)
    if (held === undefined) continue
    held.unref()
    return block
  }
  throw new Error(`All ${blocks} blocks of ports from ${first} on are taken. End some of the processes that hold them.`)
}

let claimed: Promise<number> | undefined
let next = 0

/** A port that was free a moment ago and that no other process is about to take. */
export const freePort: Effect.Effect<number> = Effect.suspend(() => {
  const block = claimed ??= claimBlock()
  const offset = 1 + next++ % (blockSize - 1)
  return Effect.promise(() => block).pipe(
    Effect.map((port) => port + offset),
    Effect.flatMap((port) => Effect.flatMap(isFree(port), (free) => free ? Effect.succeed(port) : freePort))
  )
})
