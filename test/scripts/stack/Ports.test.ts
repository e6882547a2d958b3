import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer } from "node:net"
import { choosePorts } from "../../../scripts/stack/Ports.ts"

/** Listens on a port, or finds it taken already: both make it unusable for a stack. */
const occupy = (port: number) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer()
      server.once("error", () => resume(Effect.succeed(server)))
      server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
  )

describe("choosePorts", () => {
  it.live("gives every part a port of its own, and every replica", () =>
    Effect.gen(function*() {
      const ports = yield* choosePorts({ auto: true, replicas: 3 })
      const all = [
        ports.postgres,
        ports.redis,
        ports.moog,
        ports.syslogTcp,
        ports.syslogUdp,
        ...Object.values(ports.programs).flat()
      ]
      assert.lengthOf(ports.programs.ingestor, 3)
      assert.strictEqual(new Set(all).size, 17)
    }))

  it.live("names the port that is taken, what it is for, and the way out", () =>
    Effect.gen(function*() {
      // Web-ui comes first, so that its port is the one that is named whatever else runs here.
      yield* occupy(8090)
      const error = yield* Effect.flip(choosePorts({ auto: false, replicas: 1 }))
      assert.strictEqual(error.port, 8090)
      assert.include(error.message, "web-ui")
      assert.include(error.message, "--ports auto")
    }))
})
