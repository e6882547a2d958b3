import { Effect, type Scope } from "effect"
import { createConnection, createServer } from "node:net"
import { listening } from "../support/listening.ts"

/** PostgreSQL's answer to a COMMIT that was done: the tag of the command, as the protocol has it. */
const committed = Buffer.from("C\0\0\0\x0bCOMMIT\0", "latin1")

/** Stands between a program and a server and loses what the server says. */
export interface LossyProxy {
  /** Listens in front of this port of this machine. */
  readonly listen: (port: number) => Effect.Effect<number, never, Scope.Scope>
  /** The next so many answers to COMMIT never arrive: the connection breaks instead. */
  readonly loseCommits: (count: number) => Effect.Effect<void>
  /** The connection breaks at the so-manieth piece that is sent from now on, before or after the server got it. */
  readonly cutAt: (piece: number, when: "before" | "after") => Effect.Effect<void>
  /** Whether that piece was sent. */
  readonly wasCut: Effect.Effect<boolean>
  /** What is sent reaches the server only once `hanging` is `false` again, as with a server that hangs. */
  readonly hang: (hanging: boolean) => Effect.Effect<void>
}

export const makeLossyProxy = (): LossyProxy => {
  let lost = 0
  let hanging = false
  let cut: { left: number; readonly when: "before" | "after" } | undefined
  const held: Array<() => void> = []
  const listen = (port: number) =>
    listening(createServer((client) => {
      const upstream = createConnection({ port, host: "127.0.0.1", noDelay: true })
      client.on("data", (sent) => {
        if (cut !== undefined && cut.left > 0) {
          cut.left -= 1
          if (cut.left === 0) {
            if (cut.when === "after") upstream.write(sent, () => upstream.destroy())
            else upstream.destroy()
            return void client.destroy()
          }
        }
        if (hanging) held.push(() => void upstream.write(sent))
        else upstream.write(sent)
      })
      upstream.on("data", (answer) => {
        if (lost > 0 && answer.includes(committed)) {
          lost -= 1
          client.destroy()
          upstream.destroy()
        } else client.write(answer)
      })
      // What was sent before the client went is done all the same.
      client.on("close", () => hanging ? held.push(() => void upstream.end()) : upstream.end())
      upstream.on("close", () => client.destroy())
      client.on("error", () => undefined)
      upstream.on("error", () => client.destroy())
    }))
  return {
    listen,
    loseCommits: (count) => Effect.sync(() => void (lost = count)),
    cutAt: (piece, when) => Effect.sync(() => void (cut = { left: piece, when })),
    wasCut: Effect.sync(() => cut?.left === 0),
    hang: (now) =>
      Effect.sync(() => {
        hanging = now
        if (!now) { for (const send of held.splice(0)) send() }
      })
  }
}
