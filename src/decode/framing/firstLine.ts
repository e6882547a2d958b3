const requestLines = ["GET /", "HEAD /", "POST /", "PUT /", "OPTIONS /", "OPTIONS *", "DELETE /", "PATCH /", "CONNECT "]
  .map((text) => new TextEncoder().encode(text))

const proxyLine = new TextEncoder().encode("PROXY TCP")

/** Does an HTTP request begin here? */
export const isRequest = (data: Uint8Array, at: number): boolean => requestLines.some((line) => begins(data, at, line))

const begins = (data: Uint8Array, at: number, line: Uint8Array): boolean =>
  line.every((byte, index) => data[at + index] === byte)

/** Does a proxy say here whom it speaks for? */
export const isProxyLine = (data: Uint8Array, at: number): boolean => begins(data, at, proxyLine)
