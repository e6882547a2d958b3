// The least that can count datagrams: a socket with a large buffer, text decoded, nothing stored. Prints its count each
// time it is sent a line.
import { createSocket } from "node:dgram"

const socket = createSocket({ type: "udp4", recvBufferSize: 8 * 1024 * 1024 })
let received = 0
let characters = 0
socket.on("message", (message) => {
  received++
  characters += message.toString("utf8").length
})
socket.bind(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: socket.address().port })}\n`)
})
process.stdin.on("data", () => process.stdout.write(`${JSON.stringify({ received, characters })}\n`))
process.stdin.on("end", () => process.exit(0))
