import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Console, Effect, Layer, Sink, Stdio, Stream } from "effect"
import { Command } from "effect/cli"
import { TestClock } from "effect/testing"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decode } from "../../../services/cli/decode.ts"

const root = Command.make("mutt").pipe(Command.withSubcommands([decode]))
const bytesOf = (text: string) => new TextEncoder().encode(text)

/** Gives the command with these pieces on standard input, and answers what it printed. */
const mutt = (args: ReadonlyArray<string>, ...pieces: ReadonlyArray<string | Uint8Array>) =>
  Effect.gen(function*() {
    const out: Array<string> = []
    const capturing: Console.Console = { ...globalThis.console, log: (...words) => void out.push(words.join(" ")) }
    const stdio = Stdio.make({
      args: Effect.succeed([]),
      stdout: () => Sink.drain,
      stderr: () => Sink.drain,
      stdin: Stream.fromIterable(pieces.map((piece) => typeof piece === "string" ? bytesOf(piece) : piece))
    })
    yield* Command.runWith(root, { version: "0" })(args).pipe(
      Effect.provideService(Console.Console, capturing),
      Effect.provideService(Stdio.Stdio, stdio),
      Effect.provide(Layer.merge(NodeServices.layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env: {} }))))
    )
    return out.join("\n")
  })

const decoded = (args: ReadonlyArray<string>, ...pieces: ReadonlyArray<string | Uint8Array>) =>
  Effect.map(
    mutt(["decode", "--json", ...args], ...pieces),
    (text) => text === "" ? [] : text.split("\n").map((line) => JSON.parse(line))
  )

const at = ["--at", "2026-11-28T04:00:00Z"]

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

const trap = "sw1\nUDP: [192.0.2.9]:161->[192.0.2.1]:162\n.1.3.6.1.6.3.1.1.4.1.0 .1.3.6.1.6.3.1.1.5.3"

describe("mutt decode", () => {
  it.effect("shows each line as a block: an event with its notes, or why it is in quarantine", () =>
    Effect.gen(function*() {
      const text = yield* mutt(
        ["decode", "--peer", "192.0.2.7", ...at],
        "<189>30: 1d02h: %LINK-3-UPDOWN: Interface Gi0/1\n\n\u0001\n"
      )
      assert.strictEqual(
        text,
        [
          "line 1: syslog",
          "  host      192.0.2.7",
          "  time      2026-11-28T04:00:00.000Z",
          "  severity  5 notice",
          "  facility  local7",
          "  message   %LINK-3-UPDOWN: Interface Gi0/1",
          "  fields    sequence = 30",
          "  decode    uptime: the device tells how long it runs in place of a time; the arrival's counts",
          "  unread    1d02h",
          "",
          "line 3: syslog, quarantined",
          "  reason    not_syslog",
          "  detail    Neither a priority nor printable text.",
          "  raw       \\u0001",
          ""
        ].join("\n")
      )
    }))

  it.effect("gives a terminal nothing that it would obey", () =>
    Effect.gen(function*() {
      const text = yield* mutt(["decode"], JSON.stringify({ hostname: "h", message: "red\u001b[31m\nline" }))
      assert.include(text, "  message   red\\u001b[31m\n            line")
    }))

  it.effect("takes what begins as JSON for the body of a request, and all else for syslog", () =>
    Effect.gen(function*() {
      const records = yield* decoded(
        at,
        "{\"hostname\":\"A\",\"message\":\"m\"}\n[{\"message\":\"m\"}]\n[fan:alert]: m\n<13>1 2026-11-28T03:00:00Z h - - - - m\nplain"
      )
      assert.deepStrictEqual(
        records.map(({ event, format, line, quarantined }) => [line, format, event?.hostname ?? quarantined.reason]),
        [
          [1, "json", "a"],
          [2, "json", "missing_hostname"],
          [3, "syslog", "192.0.2.1"],
          [4, "syslog", "h"],
          [5, "syslog", "192.0.2.1"]
        ]
      )
      assert.notProperty(records[0].event, "id")
    }))

  it.effect("reads lines in whatever pieces they come", () =>
    Effect.gen(function*() {
      const bytes = bytesOf("<13>Nov 28 03:00:00 h\u00fc p: one\n<13>Nov 28 03:00:00 h p: two")
      const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte))
      assert.deepStrictEqual(yield* decoded(at, ...pieces), yield* decoded(at, bytes))
    }))

  it.effect("reads a datagram with its line feeds from one line, traps too", () =>
    Effect.gen(function*() {
      const line = trap.replaceAll("\n", "\\n")
      const [one, two] = yield* decoded(
        ["--datagrams", ...at],
        `${line}\n<13>Nov 28 03:00:00 h p: C:\\\\new\\nline \\d\n`
      )
      assert.deepStrictEqual(
        [one.format, one.event.hostname, one.event.trapOid],
        ["snmptrapd", "sw1", "1.3.6.1.6.3.1.1.5.3"]
      )
      assert.strictEqual(two.event.message, "C:\\new\nline \\d")
    }))

  it.effect("reads traps that empty lines part", () =>
    Effect.gen(function*() {
      const two = `${trap}\n\n\n${trap.replace("sw1", "sw2")}`
      const records = yield* decoded(["--format", "snmptrapd", ...at], two)
      assert.deepStrictEqual(records.map(({ event, line }) => [line, event.hostname]), [[1, "sw1"], [6, "sw2"]])
    }))

  it.effect("knows the zone, the charset and the names of traps that it is told", () =>
    Effect.gen(function*() {
      const path = join(yield* folder, "names")
      writeFileSync(path, "ACME-MIB::acmeDown = 1.3.6.1.4.1.99999.1\n")
      const gbk = Uint8Array.from([...bytesOf("<13>Nov 28 03:00:00 h p: "), 0xb6, 0xcb, 0xbf, 0xda])
      const [line] = yield* decoded(["--time-zone", "Europe/Berlin", "--charset", "gbk", ...at], gbk)
      assert.deepStrictEqual([line.event.timestamp, line.event.message], ["2026-11-28T02:00:00.000Z", "端口"])
      const named = trap.replace(/\S+$/, "ACME-MIB::acmeDown")
      const formats = ["--format", "snmptrapd"]
      const [known] = yield* decoded([...formats, "--trap-names", path], named)
      assert.strictEqual(known.event.trapOid, "1.3.6.1.4.1.99999.1")
      assert.include((yield* decoded(formats, named))[0].event.decode, "trap_name_unknown")
    }))

  it.effect("lets each line arrive now when it is not told otherwise", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(Date.UTC(2026, 7, 22, 10))
      const [line] = yield* decoded([], "no time")
      assert.strictEqual(line.event.timestamp, "2026-08-22T10:00:00.000Z")
    }))

  it.effect("refuses a record that is too large as the ingestor does, cuts a message, and reads on", () =>
    Effect.gen(function*() {
      const large = `{"hostname":"h","message":"${"x".repeat(2_000_000)}"}`
      const records = yield* decoded(at, `${large}\n<13>${"y".repeat(100_000)}\n<13>next\n`)
      assert.strictEqual(records[0].quarantined.reason, "record_too_large")
      assert.deepStrictEqual(records[1].event.decode, ["truncated"])
      assert.deepStrictEqual([records[2].line, records[2].event.message], [3, "next"])
    }))

  it.effect("reads a file, also one that is named as the command below it", () =>
    Effect.gen(function*() {
      const path = join(yield* folder, "report")
      writeFileSync(path, "<13>from a file\n")
      assert.strictEqual((yield* decoded([path]))[0].event.message, "from a file")
      assert.deepStrictEqual(yield* decoded(["-"], ""), [])
    }))

  it.effect("says which option cannot be used, and which file", () =>
    Effect.gen(function*() {
      const refusal = (...args: ReadonlyArray<string>) =>
        Effect.map(Effect.flip(mutt(["decode", ...args])), (error) => String(error.message))
      assert.include(yield* refusal("--time-zone", "Nowhere"), "--time-zone")
      assert.include(yield* refusal("--charset", "nope"), "--charset")
      assert.include(yield* refusal("--trap-names", "/nowhere"), "/nowhere")
      assert.include(yield* refusal("/nowhere"), "/nowhere cannot be read")
      for (const wrong of [["--peer", "sw1"], ["--at", "noon"], ["--format", "xml"]]) {
        assert.isString(yield* refusal(...wrong))
      }
    }))

  it.live(
    "ends with 0 whatever the lines are, with 1 when there is nothing to read, and quietly when nobody listens",
    () =>
      Effect.gen(function*() {
        const path = join(yield* folder, "lines")
        writeFileSync(path, "\u0001\n".repeat(50_000))
        const run = (script: string) =>
          Effect.callback<readonly [number, string, string]>((resume) => {
            execFile(
              "sh",
              ["-c", script],
              (error, stdout, stderr) =>
                resume(Effect.succeed([typeof error?.code === "number" ? error.code : 0, stdout, stderr]))
            )
          })
        const [code, stdout] = yield* run("printf '\\001\\n' | npm run --silent mutt -- decode --json")
        assert.deepStrictEqual([code, JSON.parse(stdout).quarantined.reason], [0, "not_syslog"])
        const [failed, , said] = yield* run(`"${process.execPath}" scripts/mutt.ts decode /nowhere`)
        assert.deepStrictEqual([failed, said], [1, "mutt: /nowhere cannot be read: NotFound\n"])
        assert.deepStrictEqual(yield* run(`"${process.execPath}" scripts/mutt.ts decode ${path} | head -n 1`), [
          0,
          "line 1: syslog, quarantined\n",
          ""
        ])
      }),
    30_000
  )
})
