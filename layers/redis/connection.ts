import { Effect, Redacted, Schema } from "effect"
import { connect as connectTcp, isIP, type Socket } from "node:net"
import { connect as connectTls } from "node:tls"

export interface NodeAddress {
  readonly host: string
  readonly port: number
}

/** The server says that the user or the password is not right. */
export class RedisRefused extends Schema.TaggedError<RedisRefused>()("RedisRefused", { detail: Schema.String }) {}
/** No usable connection for any other reason. Says nothing about the password. */
export class RedisUnreachable extends Schema.TaggedError<RedisUnreachable>()("RedisUnreachable", {
  detail: Schema.String
}) {}

/**
 * Opens a socket, logs in, proves it with a PING, and hands the socket over with nothing unread on it.
 * Takes at most three seconds. With `primary` a server that is a replica is not taken.
 */
export const openSocket = (options: {
  readonly address: NodeAddress & { readonly username: string | undefined; readonly tls: boolean }
  readonly ca: string | undefined
  /** Without one there is no login. */
  readonly password: Redacted.Redacted | undefined
  readonly clientName: string
  readonly primary?: boolean
}): Effect.Effect<Socket, RedisRefused | RedisUnreachable> =>
  Effect.callback<Socket, RedisRefused | RedisUnreachable>((resume) => {
    const { address } = options
    const socket = address.tls
      ? connectTls({
        host: address.host,
        port: address.port,
        ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
        ...(options.ca === undefined ? {} : { ca: options.ca })
      })
      : connectTcp({ host: address.host, port: address.port })
    socket.setNoDelay(true)
    socket.setKeepAlive(true, 10_000)
    // Stays for good: an error at a moment when nobody else listens would end the process.
    socket.on("error", () => undefined)

    let received = ""
    const detach = () => {
      socket.off("data", onData)
      socket.off("error", onError)
      socket.off("close", onClose)
      socket.off(address.tls ? "secureConnect" : "connect", onConnect)
    }
    const fail = (error: RedisRefused | RedisUnreachable) => {
      detach()
      socket.destroy()
      resume(Effect.fail(error))
    }
    const onConnect = () => {
      const user = address.username === undefined ? [] : [address.username]
      const login = options.password === undefined ? ["PING"] : ["AUTH", ...user, Redacted.value(options.password)]
      const commands = [login, ["PING"], ["CLIENT", "SETNAME", options.clientName]]
      // Not ROLE: a user without administration may not ask that.
      if (options.primary === true) commands.push(["INFO", "replication"])
      socket.write(commands.map(encode).join(""))
    }
    const onData = (chunk: Uint8Array) => {
      received += new TextDecoder("latin1").decode(chunk)
      const lines = received.split("\r\n")
      const [auth, ping, named] = lines
      if (lines.length > 1 && auth !== undefined && !auth.startsWith("+") && !noPasswordNeeded(auth)) {
        return fail(
          isRefusal(auth) ? new RedisRefused({ detail: word(auth) }) : new RedisUnreachable({ detail: word(auth) })
        )
      }
      if (lines.length > 2 && ping !== undefined && !ping.startsWith("+") && !ping.startsWith("-NOPERM")) {
        return fail(
          isRefusal(ping) ? new RedisRefused({ detail: word(ping) }) : new RedisUnreachable({ detail: word(ping) })
        )
      }
      if (lines.length > 3 && named !== undefined) {
        const role = options.primary === true ? roleIn(lines.slice(3)) : "unasked"
        if (role === undefined) return
        if (role === "slave") return fail(new RedisUnreachable({ detail: "it is a replica" }))
        detach()
        resume(Effect.succeed(socket))
      }
    }
    const onError = (error: Error & { readonly code?: string }) =>
      fail(new RedisUnreachable({ detail: error.code ?? error.name }))
    const onClose = () => fail(new RedisUnreachable({ detail: "closed by the server" }))

    socket.on("data", onData)
    socket.on("error", onError)
    socket.on("close", onClose)
    socket.on(address.tls ? "secureConnect" : "connect", onConnect)
    return Effect.sync(() => {
      detach()
      socket.destroy()
    })
  }).pipe(
    Effect.timeoutOrElse({
      duration: "3 seconds",
      orElse: () => Effect.fail(new RedisUnreachable({ detail: "no answer in 3 seconds" }))
    })
  )

/** An error reply, with or without the sign before it. */
export const isRefusal = (line: string): boolean =>
  /^-?(?:WRONGPASS|NOAUTH|ERR invalid (?:password|username))/.test(line)

/** Of the reply to `INFO replication`; `undefined` as long as that is not there whole. */
const roleIn = ([head = "", ...rest]: ReadonlyArray<string>): string | undefined => {
  const body = rest.join("\r\n")
  if (head.startsWith("-") && rest.length > 0) return "not told"
  if (!head.startsWith("$") || body.length < Number(head.slice(1)) + 2) return undefined
  return /^role:(\w+)/m.exec(body)?.[1] ?? "not told"
}

/** A server without a password answers a login with an error; the PING behind it then decides. */
const noPasswordNeeded = (line: string): boolean => line.includes("without any password configured")

/** The error's first word: all that is worth saying, and free of arguments. */
const word = (line: string): string => line.slice(1).split(" ", 1)[0] ?? ""

const encode = (parts: ReadonlyArray<string>): string =>
  `*${parts.length}\r\n${parts.map((part) => `$${new TextEncoder().encode(part).length}\r\n${part}\r\n`).join("")}`
