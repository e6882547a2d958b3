import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import process from "node:process"
import { kernelDrops } from "../../../services/ingestor/syslog/kernelDrops.ts"

const flood = `
  const socket = require("node:dgram").createSocket("udp4"), text = Buffer.alloc(1_000)
  let left = 500
  const send = () => left-- === 0 ? socket.close() : socket.send(text, Number(process.argv[1]), "127.0.0.1", send)
  send()`

it.live.skipIf(process.platform !== "linux")(
  "what the kernel dropped, since nobody read it in time, is known",
  () =>
    Effect.gen(function*() {
      const socket = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const socket = createSocket({ type: "udp4", recvBufferSize: 4_096 })
          socket.bind(0, "127.0.0.1")
          await once(socket, "listening")
          return socket
        }),
        (socket) => Effect.sync(() => void socket.close())
      )
      const { port } = socket.address()
      assert.strictEqual(yield* kernelDrops(port), 0)
      // While this waits, the socket is not read.
      execFileSync(process.execPath, ["-e", flood, String(port)])
      const drops = yield* kernelDrops(port)
      assert.isAbove(drops ?? 0, 400)
      assert.isAtMost(drops ?? 0, 500)
    })
)
