import { Deferred, Effect, type Scope } from "effect"
import { createConnection, createServer, type Socket } from "node:net"
import { listening } from "../../../test/support/listening.ts"

/** A point on the way between a program and a server. */
export interface Point {
  /** What is asked there: part of a statement or of a command. */
  readonly text: string
  /** `asked`: the server has not seen it. `answered`: the server has done it, and the program has not heard of it. */
  readonly side: "asked" | "answered"
}

/** Forwards everything between a program and a server, and can stop one connection at a point. */
export interface StoppingProxy {
  readonly port: number
  /** Stops the first connection that comes to the point, and returns when it has. */
  readonly stopAt: (point: Point) => Effect.Effect<void>
}

/** Says in words what a client sends on one connection; called with each piece. */
type Reader = () => (piece: Buffer) => string

/** Commands of Redis are words already. */
export const redisWords: Reader = () => (piece) => piece.toString("latin1")

/** The statements that are run, also those that were prepared before and are called by their name. */
export const postgresWords: Reader = () => {
  const prepared = new Map<string, string>()
  let rest: Buffer = Buffer.alloc(0)
  let begun = false
  return (piece) => {
    rest = Buffer.concat([rest, piece])
    const said: Array<string> = []
    while (rest.length >= 5) {
      // The first message has a length and no type.
      const [type, head] = begun ? [String.fromCharCode(rest[0] ?? 0), 1] : ["", 0]
      const length = rest.readInt32BE(head) + head
      if (rest.length < length) break
      const [first = "", second = ""] = rest.subarray(head + 4, length).toString("latin1").split("\0", 2)
      if (type === "P") prepared.set(first, second)
      if (type === "B") said.push(prepared.get(second) ?? "")
      if (type === "Q") said.push(first)
      begun = true
      rest = rest.subarray(length)
    }
    return said.join("\n")
  }
}

export const stoppingProxy = (server: number, reader: Reader): Effect.Effect<StoppingProxy, never, Scope.Scope> =>
  Effect.gen(function*() {
    const sockets = new Set<Socket>()
    let awaited: { readonly point: Point; readonly reached: Deferred.Deferred<void> } | undefined
    const listener = createServer((client) => {
      const upstream = createConnection({ port: server, host: "127.0.0.1", noDelay: true })
      const words = reader()
      let state: "open" | "until answered" | "held" = "open"
      let stopped: Deferred.Deferred<void> | undefined
      const stop = () => {
        state = "held"
        if (stopped !== undefined) Deferred.doneUnsafe(stopped, Effect.void)
      }
      for (const [from, to] of [[client, upstream], [upstream, client]] as const) {
        sockets.add(from)
        from.on("error", () => to.destroy())
        from.on("close", () => {
          sockets.delete(from)
          to.destroy()
        })
      }
      client.on("data", (piece) => {
        const said = words(piece)
        if (state === "open" && awaited !== undefined && said.includes(awaited.point.text)) {
          const { point, reached } = awaited
          awaited = undefined
          stopped = reached
          if (point.side === "asked") stop()
          else state = "until answered"
        }
        if (state !== "held") upstream.write(piece)
      })
      upstream.on("data", (piece) => {
        if (state === "until answered") stop()
        if (state !== "held") client.write(piece)
      })
    })
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
      })
    )
    const port = yield* listening(listener)
    const stopAt = Effect.fnUntraced(function*(point: Point) {
      const reached = yield* Deferred.make<void>()
      awaited = { point, reached }
      yield* Deferred.await(reached)
    })
    return { port, stopAt }
  })
