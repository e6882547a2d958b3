import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Clock, ConfigProvider, Console, Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { HttpServer } from "effect/http"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import { DecodeReport } from "../../../layers/queue/DecodeReport.ts"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { rules } from "../../../services/cli/rules.ts"
import { call, runningWith, Stores } from "./harness.ts"

const most = 20_000

/** Letters of ten kilobytes each, a hundred of them. */
const LongLetters = Layer.succeed(DeadLetters, {
  list: (queue, limit, before) =>
    Effect.sync(() => {
      const from = before === undefined ? 100 : Number.parseInt(before) - 1
      return Array.from({ length: Math.min(limit, Math.max(0, from)) }, (_, index) => ({
        entryId: `${from - index}-0`,
        queue,
        at: "2026-08-22T10:00:00.000Z",
        reason: "poison",
        detail: "",
        attempts: [],
        payload: "x".repeat(from - index === 50 ? 100_000 : 10_000)
      }))
    }),
  scan: () => Effect.succeed([]),
  begin: (_, plan) => Effect.succeed(plan),
  begun: () => Effect.succeed(undefined),
  count: () => Effect.succeed(100),
  replay: () => Effect.succeed([]),
  quarantined: () => Effect.succeed([]),
  requeue: () => Effect.succeed([]),
  discard: () => Effect.succeed([])
})

const change = { actor: "test", reason: null, correlationId: "c" }
const rule = (priority: number) => ({
  matchType: "contains" as const,
  matchString: "x".repeat(1_000),
  trapOid: null,
  syslogSeverity: null,
  priority,
  prodHandling: "Ignore" as const,
  devHandling: "Ignore" as const,
  teamAssignment: "NetOps",
  isActive: true
})

/** Every page of a list, from the first on. */
const pagesOf = Effect.fnUntraced(function*(path: string, list: string, next: string, as: string) {
  const pages: Array<ReadonlyArray<Record<string, unknown>>> = []
  let cursor: string | undefined
  do {
    const from = cursor === undefined ? "" : `${path.includes("?") ? "&" : "?"}${as}=${encodeURIComponent(cursor)}`
    const { body, status } = yield* call("GET", `/api/v1/${path}${from}`)
    assert.strictEqual(status, 200)
    if (body[list].length > 1) assert.isAtMost(JSON.stringify(body[list]).length, most + 2)
    pages.push(body[list])
    cursor = body.pagination?.[next]
  } while (cursor !== undefined)
  return pages
})

layer(runningWith(Layer.merge(Stores, LongLetters), { pageMaxBytes: most }), { excludeTestServices: true })(
  "a list with more bytes than an answer may have",
  (it) => {
    it.effect("of rules, hosts or teams is given in parts, none of which lacks or repeats anything", () =>
      Effect.gen(function*() {
        const book = yield* RuleRepository
        for (let count = 0; count < 60; count++) yield* book.createRule(rule(count % 7), change)
        for (let count = 0; count < 200; count++) {
          const name = `${"h".repeat(200)}${String(count).padStart(3, "0")}`
          yield* book.addDevelopmentHost(name, change)
          yield* book.addTeam(name, "NetOps", change)
        }
        for (
          const [path, list, rows] of [["rules", "rules", 60], ["dev-hosts", "hosts", 200], [
            "teams",
            "teams",
            200
          ]] as const
        ) {
          const pages = yield* pagesOf(path, list, "next_cursor", "cursor")
          assert.isAbove(pages.length, 2, path)
          const keys = pages.flat().map((row) => String(row["id"] ?? row["hostname"]))
          assert.deepStrictEqual([keys.length, new Set(keys).size], [rows, rows], path)
        }
        const priorities = (yield* pagesOf("rules", "rules", "next_cursor", "cursor")).flat().map((one) =>
          one["priority"]
        )
        assert.deepStrictEqual(priorities, priorities.toSorted())
      }))

    it.effect("of rules is read to its end by the command that replaces them", () =>
      Effect.gen(function*() {
        const { address } = yield* HttpServer.HttpServer
        const env = {
          MUTT_URL: "port" in address ? `http://127.0.0.1:${address.port}` : "",
          MUTT_API_KEY: "viewer-key-of-tests"
        }
        const out: Array<string> = []
        yield* Command.runWith(rules, { version: "0" })(["export"]).pipe(
          Effect.provideService(Console.Console, { ...globalThis.console, log: (text: string) => void out.push(text) }),
          Effect.provide(Layer.merge(NodeServices.layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env }))))
        )
        assert.lengthOf(JSON.parse(out.join("\n")).rules, 60)
      }))

    it.effect("of dead letters goes on below the last one, and one that is too long comes alone", () =>
      Effect.gen(function*() {
        const pages = yield* pagesOf("dead-letters/events?limit=200", "dead_letters", "next_before", "before")
        assert.deepStrictEqual(
          pages.flat().map(({ id }) => id),
          Array.from({ length: 100 }, (_, index) => `${100 - index}-0`)
        )
        assert.isTrue(pages.every(({ length }) => length === 1))
      }))

    it.effect("of misread hosts goes on at its cursor", () =>
      Effect.gen(function*() {
        const report = yield* DecodeReport
        const lastAt = yield* Clock.currentTimeMillis
        yield* report.add(Array.from({ length: 100 }, (_, index) => ({
          hostname: `sw${index}`,
          peer: undefined,
          counts: { time_unread: 1 },
          firstAt: lastAt + index,
          lastAt: lastAt + index,
          sample: "x".repeat(1_000)
        })))
        const pages = yield* pagesOf("decode-report?limit=200", "hosts", "next_cursor", "cursor")
        assert.strictEqual(pages.flat().length, 100)
        assert.isAbove(pages.length, 5)
      }))

    it.effect("of archived days goes on at its cursor, the newest day first, and is read by viewers", () =>
      Effect.gen(function*() {
        const viewer = { key: "viewer-key-of-tests" }
        const path = "/api/v1/archives"
        const first = yield* call("GET", `${path}?limit=2`, viewer)
        const { archives, pagination } = first.body
        assert.deepStrictEqual([first.status, archives.length, pagination.has_more], [200, 2, true])
        assert.deepStrictEqual(archives[0], {
          day: "2026-11-27",
          odd: false,
          number: 1,
          rows: 1_000,
          bytes: 73_000,
          sha256: "0".repeat(64),
          url: "s3://events/mutt/2026/11/event-audit-2026-11-27.ndjson.zst",
          written_at: "2026-11-29T00:00:00.000Z"
        })
        const next = encodeURIComponent(pagination.next_cursor)
        const second = yield* call("GET", `${path}?limit=2&cursor=${next}`, viewer)
        assert.deepStrictEqual(second.body.archives.map(({ day }: { readonly day: string }) => day), ["2026-11-25"])
        assert.isUndefined(second.body.pagination)
        assert.strictEqual((yield* call("GET", `${path}?cursor=x`, viewer)).status, 422)
        assert.strictEqual((yield* call("GET", path, { key: "" })).status, 401)
      }))
  }
)
