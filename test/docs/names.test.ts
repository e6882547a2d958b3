import { assert, describe, it } from "@effect/vitest"
import { globSync } from "node:fs"
import { endpoints } from "../../scripts/docs/endpoints.ts"
import { repository } from "../../scripts/stack/Paths.ts"
import { code, codeSpans, pages, read } from "./documents.ts"

const sources = (pattern: string) => globSync(pattern, { cwd: repository }).map(read).join("\n")
const everyPage = pages.map(read).join("\n")

/** Names of MUTT 2, of other programs and of tests, and examples, which the code does not have. */
const foreign = new Set([
  "api_key",
  "circuit_open",
  "mutt_webui_redis_scan_latency_seconds",
  "host_zone",
  "NAME_PREVIOUS",
  "X_PREVIOUS",
  "REDIS_NODES",
  "REDIS_ADMIN",
  "REDISCLI_AUTH",
  "REDIS_TLS",
  "INGESTOR_URL",
  "CAP_NET_BIND_SERVICE",
  "record_modifier",
  "API_KEY_OPERATOR_ALICE",
  "API_KEY_VIEWER_MAIL",
  "INGEST_QUEU_NAME",
  "MUTT_SHOTS",
  "MUTT_NETWORK",
  "pg_monitor",
  "pg_stat_replication"
])

/** A value of a secret, or its addresses, is not written out in the code. */
const plain = (name: string) => name.replace(/_(CURRENT|NEXT|PREVIOUS|FROM)$/, "")

/** What the table of vendors quotes is what devices say. */
const said = (page: string) =>
  page.replace(/### What is read of whom[\s\S]*?(?=\n### )/, "").replace(/## Other shippers[\s\S]*/, "")

describe("what the docs name", () => {
  it("is in the code: settings, variables, metrics, fields, reasons, tables", () => {
    const known = new Set(code.map(read).join("\n").match(/\w+/g))
    const missing = pages.flatMap((page) =>
      codeSpans(said(read(page)))
        .flatMap((span) => /^([A-Za-z]\w*_\w*[A-Za-z0-9])(?:[{=" ].*)?$/.exec(span)?.[1] ?? [])
        .filter((name) =>
          !known.has(name) && !known.has(plain(name)) && !foreign.has(name) && !foreign.has(plain(name))
        )
        .map((name) => `${page}: ${name}`)
    )
    assert.deepStrictEqual([...new Set(missing)], [])
  })

  it("is a path that is answered, and each path is named", () => {
    const api = endpoints().map(({ path }) => path)
    const fixed = [
      ...sources("{layers/http,services/*,services/*/{http,session}}/*.ts").matchAll(
        /router\.add\(\s*"[A-Z]+",\s*"(\/[^"]*)"|"(\/(?:api\/v\d\/)?ingest)"/g
      )
    ]
      .map(([, one, other]) => one ?? other ?? "")
    const answered = [...api, ...fixed, "/"].map((path) => new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`))
    const full = (path: string) => `/api/v1${path.replace(/^\/api\/v[12]/, "")}`
    const isAnswered = (path: string) => answered.some((one) => one.test(path) || one.test(full(path)))

    const spans = pages.filter((page) => !/decisions|CHANGELOG/.test(page)).flatMap((page) => codeSpans(read(page)))
    const asked = [
      ...spans.flatMap((span) => /^(?:[A-Z]+ )+(\/[^\s`…?]*)$/.exec(span)?.[1] ?? []),
      // In an example, behind the address of a program: `"$INGESTOR_URL/readyz"`. The stand-in for the platform is at
      // 8085.
      ...[...everyPage.matchAll(/(?:https?:\/\/[\w.]+:8(?!085)\d{3}|\$\w+_URL)(\/[\w/-]*)/g)].map(([, path = ""]) =>
        path
      ),
      ...[...everyPage.matchAll(/(\/api\/v[12]\/[a-z-]+(?:\/[a-z-]+)*)/g)].map(([, path = ""]) => path)
    ].map((path) => path.replaceAll(/\{(\w+)\}/g, ":$1"))
    const begins = (path: string) => api.some((one) => one.startsWith(`${full(path)}/`))
    assert.deepStrictEqual([...new Set(asked)].filter((path) => !isAnswered(path) && !begins(path)), [])
    assert.isAbove(asked.length, 80)
    assert.deepStrictEqual(
      fixed.filter((path) => !everyPage.includes(`${path}\``) && !everyPage.includes(`${path}"`)),
      []
    )
  })

  it("is the `_tag` of an answer under its status, and each one is named", () => {
    const rows = [...read("docs/API.md").matchAll(/^\| ([\d, ]+) \| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(
      ([, statuses = "", tags = ""]) => {
        const names = [...tags.matchAll(/\w+/g)].map(([name]) => name)
        const numbers = statuses.split(", ")
        // `401, 403` of two tags is one each, `409` of two tags is both.
        return names.map((name, index) => `${numbers[numbers.length > 1 ? index : 0]} ${name}`)
      }
    )
    const made = sources("{src/api,layers/http,services}/**/*.ts")
    const declared = [
      ...endpoints().flatMap(({ problems }) => problems),
      ...[...made.matchAll(/status: (\d{3}),(?:\s*title: "[^"]*",)?\s*_tag: "(\w+)"/g)].map(([, status, tag]) =>
        `${status} ${tag}`
      ),
      ...[...made.matchAll(/\blater\(\s*"(\w+)"/g)].map(([, tag]) => `503 ${tag}`),
      ...[...(read("layers/http/problem.ts").split("const tags")[1] ?? "").matchAll(/(\d{3}): "([A-Z]\w+)"/g)].map((
        [, status, tag]
      ) => `${status} ${tag}`)
    ]
    assert.deepStrictEqual([...new Set(declared)].filter((one) => !rows.includes(one)).sort(), [])
    assert.deepStrictEqual(rows.filter((one) => !declared.includes(one)), [])
  })

  it("has every variable of the handler of traps", () => {
    const used = [...read("scripts/snmptrap-to-mutt").matchAll(/\$\{(MUTT_\w+)/g)].map(([, name = ""]) => name)
    assert.deepStrictEqual([...new Set(used)].filter((name) => !read("docs/SENDERS.md").includes(name)), [])
  })
})
