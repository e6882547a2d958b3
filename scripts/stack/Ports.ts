import { Effect, Schema } from "effect"
import { createSocket } from "node:dgram"
import { freePort, isFree } from "./FreePort.ts"
import { type ProgramName, programNames } from "./Program.ts"

class PortTaken extends Schema.TaggedError<PortTaken>()("PortTaken", { port: Schema.Int, what: Schema.String }) {
  override get message() {
    return `Port ${this.port} (${this.what}) is taken by another program.\n` +
      `  Stop that one, or let MUTT take free ports: npm start -- --ports auto`
  }
}

/** Where each part of a stack listens, on the loopback address. */
export interface Ports {
  readonly postgres: number
  readonly redis: number
  readonly moog: number
  readonly syslogUdp: number
  readonly syslogTcp: number
  /** 0: there is none. */
  readonly syslogTls: number
  /** 0: there is none. */
  readonly prometheus: number
  /** One for each replica. */
  readonly programs: Readonly<Record<ProgramName, ReadonlyArray<number>>>
}

const usual = {
  postgres: 5433,
  redis: 6380,
  moog: 8085,
  prometheus: 9090,
  syslog: 5514,
  syslogTls: 6514,
  programs: { ingestor: 8080, alerter: 8081, "moog-forwarder": 8083, "web-ui": 8090 } satisfies Record<
    ProgramName,
    number
  >
}

const isFreeForDatagrams = (port: number): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const socket = createSocket("udp4")
    socket.once("error", () => resume(Effect.succeed(false)))
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => socket.close(() => resume(Effect.succeed(true))))
  })

const claim = (port: number, what: string, free = isFree(port)) =>
  Effect.flatMap(free, (free) => free ? Effect.succeed(port) : Effect.fail(new PortTaken({ port, what })))

/** The usual ports, each checked, or free ones. Replicas beyond the first take free ones in any case. */
export const choosePorts = (options: {
  readonly auto: boolean
  readonly replicas: number
  readonly tls?: boolean
  readonly monitoring?: boolean
}): Effect.Effect<Ports, PortTaken> =>
  Effect.gen(function*() {
    const taken = new Set<number>()
    const any: Effect.Effect<number> = Effect.flatMap(freePort, (port) => {
      if (taken.has(port)) return any
      taken.add(port)
      return Effect.succeed(port)
    })
    const pick = (port: number, what: string) => options.auto ? any : claim(port, what)

    const programs: Record<ProgramName, Array<number>> = {
      ingestor: [],
      alerter: [],
      "moog-forwarder": [],
      "web-ui": []
    }
    for (const name of programNames) {
      programs[name].push(yield* pick(usual.programs[name], name))
      while (programs[name].length < options.replicas) programs[name].push(yield* any)
    }
    return {
      postgres: yield* pick(usual.postgres, "PostgreSQL"),
      redis: yield* pick(usual.redis, "Redis"),
      moog: yield* pick(usual.moog, "Moogsoft stand-in"),
      syslogTcp: yield* pick(usual.syslog, "syslog over TCP"),
      syslogTls: options.tls === true ? yield* pick(usual.syslogTls, "syslog over TLS") : 0,
      prometheus: options.monitoring === true ? yield* pick(usual.prometheus, "Prometheus") : 0,
      syslogUdp: options.auto
        ? yield* any
        : yield* claim(usual.syslog, "syslog over UDP", isFreeForDatagrams(usual.syslog)),
      programs
    }
  })
