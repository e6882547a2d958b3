// A platform that takes everything at once. Prints its port.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(200, { "content-length": 2 })
    response.end("{}")
  })
})
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`)
})
process.stdin.resume().on("end", () => process.exit(0))
