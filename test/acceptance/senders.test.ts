import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createConnection } from "node:net"
import { join, relative } from "node:path"
import { freePort } from "../../scripts/stack/FreePort.ts"
import { repository } from "../../scripts/stack/Paths.ts"
import type { Event } from "../../src/domain/Event.ts"
import { needs } from "../support/needs.ts"
import { command, daemon, output } from "./senders/daemon.ts"
import { IntakeUnderTest } from "./senders/Intake.ts"
import { sample } from "./senders/samples.ts"

const from = (program: string) => (event: Event) => event.program === program

/** Waits until somebody listens on a TCP port of the loopback address. */
const listening = (port: number): Effect.Effect<void> =>
  Effect.callback<boolean>((resume) => {
    const socket = createConnection({ host: "127.0.0.1", port }, () => {
      socket.destroy()
      resume(Effect.succeed(true))
    })
    socket.on("error", () => resume(Effect.succeed(false)))
  }).pipe(Effect.flatMap((open) => open ? Effect.void : Effect.andThen(Effect.sleep("50 millis"), listening(port))))

/** Gives a daemon lines to forward, over TCP. */
const feed = (port: number, lines: ReadonlyArray<string>) =>
  Effect.callback<void>((resume) => {
    const socket = createConnection({ host: "127.0.0.1", port }, () => socket.end(`${lines.join("\n")}\n`))
    socket.on("close", () => resume(Effect.void))
  })

const numbered = (count: number, program: string) =>
  Array.from({ length: count }, (_, i) => `<134>Aug 22 10:00:00 edge-1 ${program}[7]: message ${i}`)
const numbers = (events: ReadonlyArray<Event>) =>
  events.map(({ message }) => Number(message.slice(8))).sort((a, b) => a - b)
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

layer(IntakeUnderTest.layer, { excludeTestServices: true })("real senders", (it) => {
  it.effect("a batch of 1,000 with one poison record: 999 events, one record in quarantine", () =>
    Effect.gen(function*() {
      const { events, places, quarantined } = yield* IntakeUnderTest
      const lines = Array.from({ length: 1_000 }, (_, i) =>
        i === 417
          ? "{\"hostname\":\"edge-1\",\"program\":\"poison\",\"message\":\"bro"
          : JSON.stringify({ hostname: "edge-1", program: "poison", message: `message ${i}` }))
      const answer = yield* Effect.promise(async () => {
        const response = await fetch(`${places.http}/api/v2/ingest`, {
          method: "POST",
          headers: { "x-api-key": places.key },
          body: lines.join("\n")
        })
        return { status: response.status, body: JSON.parse(await response.text()) }
      })
      assert.strictEqual(answer.status, 200)
      assert.deepInclude(answer.body, { status: "queued", accepted: 999, quarantined: 1 })
      const seen = numbers(yield* events(999, from("poison")))
      assert.deepStrictEqual(seen, upTo(1_000).filter((i) => i !== 417))
      const [record] = yield* quarantined(1)
      assert.deepStrictEqual([record?.reason, record?.raw, record?.sender], ["not_json", lines[417], "ingest"])
    }))

  needs(["logger"], () => {
    it.effect("logger, over UDP and TCP, in each of its forms", () =>
      Effect.gen(function*() {
        const { events, places } = yield* IntakeUnderTest
        const lines = sample("logger", places).split("\n")
        for (const [index, line] of lines.entries()) {
          const args = line.replace("backup \"took too long\"", `logger${index} "took too long"`).split(
            / (?=(?:[^"]*"[^"]*")*[^"]*$)/
          )
          yield* command("logger", args.slice(1).map((arg) => arg.replaceAll("\"", "")))
        }
        for (const [index, line] of lines.entries()) {
          const [event] = yield* events(1, from(`logger${index}`))
          assert.strictEqual(event?.message, "took too long")
          assert.strictEqual(event?.severity, 5)
          assert.strictEqual(event?.sourceIp, "127.0.0.1")
          assert.strictEqual(event?.sender, line.includes("--udp") ? "syslog/udp" : "syslog/tcp")
        }
      }))
  })

  for (const transport of ["udp", "tcp"] as const) {
    needs(["rsyslogd"], () => {
      it.effect(`rsyslog, over ${transport}`, () =>
        Effect.gen(function*() {
          const { events, folder, places } = yield* IntakeUnderTest
          const port = yield* freePort
          const config = join(folder, `rsyslog-${transport}.conf`)
          writeFileSync(
            config,
            `global(workDirectory="${folder}")\nmodule(load="imtcp")\ninput(type="imtcp" address="127.0.0.1" port="${port}")\n`
              + `${sample(`rsyslog ${transport}`, places)}\n`
          )
          const args = (modules: string) => ["-n", "-f", config, "-i", `${config}.pid`, "-M", modules]
          yield* daemon("rsyslogd", folder, args, listening(port))
          yield* feed(port, numbered(300, `rsyslog-${transport}`))
          const seen = yield* events(300, from(`rsyslog-${transport}`))
          assert.deepStrictEqual(numbers(seen), upTo(300))
          assert.deepStrictEqual([...new Set(seen.map(({ hostname }) => hostname))], ["edge-1"])
          assert.deepStrictEqual([...new Set(seen.map(({ severity }) => severity))], [6])
          assert.deepStrictEqual([...new Set(seen.map(({ sender }) => sender))], [`syslog/${transport}`])
        }))
    })
  }

  needs(["rsyslogTls"], () => {
    it.effect("rsyslog, over TLS, with a certificate", () =>
      Effect.gen(function*() {
        const { events, folder, places } = yield* IntakeUnderTest
        const port = yield* freePort
        const config = join(folder, "rsyslog-tls.conf")
        writeFileSync(
          config,
          `global(workDirectory="${folder}")\nmodule(load="imtcp")\ninput(type="imtcp" address="127.0.0.1" port="${port}")\n`
            + `${sample("rsyslog tls", places).replace("Peers=\"127.0.0.1\"", "Peers=\"localhost\"")}\n`
        )
        const args = (modules: string) => ["-n", "-f", config, "-i", `${config}.pid`, "-M", modules]
        yield* daemon("rsyslogTls", folder, args, listening(port))
        yield* feed(port, numbered(300, "rsyslog-tls"))
        const seen = yield* events(300, from("rsyslog-tls"))
        assert.deepStrictEqual(numbers(seen), upTo(300))
        assert.deepStrictEqual([...new Set(seen.map(({ sender }) => sender))], ["relay1"])
      }))
  })

  needs(["syslogNg"], () => {
    it.effect("syslog-ng, over TLS, with a certificate", () =>
      Effect.gen(function*() {
        const { events, folder, places } = yield* IntakeUnderTest
        const port = yield* freePort
        yield* syslogNg("tls", port, folder, sample("syslog-ng tls", places))
        yield* feed(port, numbered(300, "ng-tls"))
        const seen = yield* events(300, from("ng-tls"))
        assert.deepStrictEqual(numbers(seen), upTo(300))
        assert.deepStrictEqual([seen[0]?.hostname, seen[0]?.source], ["edge-1", "syslog"])
        assert.deepStrictEqual([...new Set(seen.map(({ sender }) => sender))], ["relay1"])
      }))

    it.effect("syslog-ng in batches over HTTP, through an outage of Redis", () =>
      Effect.gen(function*() {
        const { events, folder, places, redis } = yield* IntakeUnderTest
        const port = yield* freePort
        yield* syslogNg("http", port, folder, sample("syslog-ng http", places))
        yield* feed(port, numbered(1_200, "ng-before"))
        const seen = yield* events(1_200, from("ng-before"))
        assert.deepStrictEqual(numbers(seen), upTo(1_200))
        assert.deepStrictEqual([seen[0]?.hostname, seen[0]?.facility, seen[0]?.source], ["edge-1", "local0", "http"])
        assert.strictEqual(new Set(seen.slice(0, 400).map(({ correlationId }) => correlationId)).size < 10, true)

        yield* redis.stop
        yield* feed(port, numbered(700, "ng-outage"))
        const refused = yield* Effect.promise(() =>
          fetch(`${places.http}/ingest`, {
            method: "POST",
            headers: { "x-api-key": places.key },
            body: "{\"host\":\"h\",\"msg\":\"m\"}"
          })
        )
        assert.strictEqual(refused.status, 503)
        assert.isNotNull(refused.headers.get("retry-after"))
        yield* redis.start
        assert.includeMembers(numbers(yield* events(700, from("ng-outage"))), upTo(700))
      }))
  })

  needs(["snmptrapd", "snmptrap", "curl"], () => {
    it.effect("snmptrapd with the shipped handler, also while the ingestor is away", () =>
      Effect.gen(function*() {
        const { events, folder, places, start, stop } = yield* IntakeUnderTest
        const port = yield* freePort
        const files = {
          config: join(folder, "snmptrapd.conf"),
          handler: join(folder, "handler.conf"),
          key: join(folder, "ingest.key"),
          spool: join(folder, "spool")
        }
        writeFileSync(files.key, `${places.key}\n`, { mode: 0o600 })
        writeFileSync(
          files.handler,
          sample("handler", places).replace("/etc/mutt/ingest.key", quoted(files.key)).replace(
            "/var/spool/mutt-traps",
            quoted(files.spool)
          )
        )
        writeFileSync(files.config, sample("snmptrapd", places).replace("/opt/mutt", quoted(repository)))
        yield* daemon(
          "snmptrapd",
          folder,
          () => ["-f", "-Lo", "-n", "-C", "-c", files.config, `udp:127.0.0.1:${port}`],
          bound(port),
          { MUTT_SNMPTRAP_CONF: files.handler, SNMP_PERSISTENT_DIR: folder }
        )
        const trap = (version: string, ...args: ReadonlyArray<string>) =>
          command("snmptrap", [version, "-c", "sesame", `127.0.0.1:${port}`, ...args])
        const linkDown = (description: string) =>
          trap(
            "-v2c",
            "",
            "1.3.6.1.6.3.1.1.5.3",
            "1.3.6.1.2.1.2.2.1.1.3",
            "i",
            "3",
            "1.3.6.1.2.1.2.2.1.2.3",
            "s",
            description
          )

        yield* linkDown("Gigabit \"0/3\"\nsecond line")
        const [first] = yield* events(1, ({ trapOid }) => trapOid === "1.3.6.1.6.3.1.1.5.3")
        assert.deepStrictEqual([first?.hostname, first?.sourceIp, first?.source], ["127.0.0.1", "127.0.0.1", "snmp"])
        assert.strictEqual(
          first?.message,
          "SNMP trap 1.3.6.1.6.3.1.1.5.3 (linkDown): 1.3.6.1.2.1.2.2.1.1.3=3, 1.3.6.1.2.1.2.2.1.2.3=Gigabit \"0/3\"\nsecond line"
        )
        assert.notInclude(JSON.stringify(first), "sesame")

        yield* stop
        yield* trap("-v1", "1.3.6.1.4.1.9", "198.51.100.4", "6", "42", "12345", "1.3.6.1.4.1.9.2", "s", "while away")
        yield* spooled(files.spool, 1)
        yield* start
        const [second] = yield* events(1, ({ trapOid }) => trapOid === "1.3.6.1.4.1.9.0.42")
        assert.deepStrictEqual([second?.hostname, second?.sourceIp], ["198.51.100.4", "198.51.100.4"])
        assert.isBelow(Date.parse(second?.timestamp ?? ""), Date.parse(second?.receivedAt ?? ""))
        yield* spooled(files.spool, 0)
      }))
  })
})

/** A syslog-ng that takes lines on a port, and has a sample as its destination. */
const syslogNg = (name: string, port: number, folder: string, destination: string) =>
  Effect.gen(function*() {
    const config = `syslog-ng-${name}.conf`
    writeFileSync(
      join(folder, config),
      `@version: ${yield* syslogNgVersion}\noptions { keep-hostname(yes); stats-freq(0); };\n`
        + `source s { network(transport("tcp") ip("127.0.0.1") port(${port})); };\n`
        + `${destination.replace("/var/lib/syslog-ng", folder)}\nlog { source(s); destination(d_mutt); };\n`
    )
    const args = (modules: string) => [
      "-F",
      "--no-caps",
      "-f",
      config,
      `--persist-file=${name}.persist`,
      `--pidfile=${name}.pid`,
      `--control=${name}.ctl`,
      // From the folder it runs in: it takes no argument that is not ASCII.
      `--module-path=${relative(folder, modules)}`
    ]
    yield* daemon("syslogNg", folder, args, listening(port))
  })

/** The version of syslog-ng here, as a configuration names it: `3.38`. */
const syslogNgVersion = Effect.map(
  output("syslogNg", ["--version"]),
  (said) => /\((\d+\.\d+)/.exec(said)?.[1] ?? /(\d+\.\d+)/.exec(said)?.[1] ?? ""
)

/** Waits until the UDP port is taken, without taking it: whoever is to have it would find it in use. */
const bound = (port: number): Effect.Effect<void> =>
  Effect.suspend(() =>
    readFileSync("/proc/net/udp", "utf8").includes(`:${port.toString(16).toUpperCase().padStart(4, "0")} `)
      ? Effect.void
      : Effect.andThen(Effect.sleep("50 millis"), bound(port))
  )

/** For a shell, as the folder may have blanks. */
const quoted = (path: string) => `'${path}'`

const spooled = (folder: string, count: number): Effect.Effect<void> =>
  Effect.suspend(() =>
    readdirSync(folder).filter((name) => name.endsWith(".trap")).length === count
      ? Effect.void
      : Effect.andThen(Effect.sleep("50 millis"), spooled(folder, count))
  )
