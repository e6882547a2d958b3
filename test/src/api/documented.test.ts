import { assert, describe, it } from "@effect/vitest"
import { OpenApi } from "effect/http-api"
import { readFileSync } from "node:fs"
import { refusals } from "../../../layers/http/refusal.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"

interface Operation {
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string }>
  readonly responses: Readonly<Record<string, unknown>>
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}

const document: Document = JSON.parse(JSON.stringify(OpenApi.fromApi(WebUiApi)))
const page = readFileSync(new URL("../../../docs/API.md", import.meta.url), "utf8")

/** The statuses of a row of a table, and what the row says. */
const rows = page.split("\n").flatMap((line) => {
  const [, statuses = "", ...rest] = line.split("|")
  const found = statuses.match(/\b[45]\d\d\b/g)
  return line.startsWith("|") && found !== null ? [{ statuses: found, text: rest.join("|") }] : []
})

/** Every `_tag` in a schema, whose references are followed. */
const tagsIn = (schema: unknown): ReadonlyArray<string> => {
  const text = JSON.stringify(schema)
  const own = Array.from(text.matchAll(/"_tag":\{[^}]*?"(?:enum":\[|const":)"(\w+)"/g), ([, tag = ""]) => tag)
  const named = Array.from(text.matchAll(/"#\/components\/schemas\/([^"]+)"/g), ([, name = ""]) => name)
  return [...own, ...named.flatMap((name) => tagsIn(document.components.schemas[name]))]
}

/** A schema as text, its references followed once. */
const resolved = (schema: unknown): string =>
  JSON.stringify(schema ?? {}).replaceAll(
    /\{"\$ref":"#\/components\/schemas\/([^"]+)"\}/g,
    (_, name: string) => JSON.stringify(document.components.schemas[name])
  )

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation }))
)

const declared = new Map<string, Set<string>>()
for (const { operation } of operations) {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (status < "400") continue
    const tags = declared.get(status) ?? new Set<string>()
    for (const tag of tagsIn(response)) tags.add(tag)
    declared.set(status, tags)
  }
}
for (const { _tag, status } of Object.values(refusals)) {
  declared.set(String(status), new Set([...declared.get(String(status)) ?? [], _tag]))
}

describe("docs/API.md", () => {
  it("has each status that is answered, with its `_tag` or an ellipsis", () => {
    assert.isAbove(declared.size, 8)
    for (const [status, tags] of declared) {
      const own = rows.filter(({ statuses }) => statuses.includes(status))
      assert.isNotEmpty(own, status)
      for (const tag of tags) {
        assert.isTrue(own.some(({ text }) => text.includes(`\`${tag}\``) || text.includes("…")), `${status} ${tag}`)
      }
    }
  })

  it("names no `_tag` that there is not", () => {
    const known = new Set(Array.from(declared.values(), (tags) => Array.from(tags)).flat())
    // Answered by the edge, before any declaration.
    const others = new Set(["MethodRefused", "BodyTooLarge", "TypeRefused", "Broken"])
    for (const { statuses, text } of rows) {
      for (const [, tag = ""] of text.split("|")[0]?.matchAll(/`([A-Z]\w+)`/g) ?? []) {
        assert.isTrue(known.has(tag) || others.has(tag), `${statuses.join(", ")} ${tag}`)
      }
    }
  })

  it("is right that one list has a total", () => {
    const paths = operations.filter(({ operation }) => resolved(operation.responses["200"]).includes("\"total\":")).map(
      ({ path }) => path
    )
    assert.deepStrictEqual(paths.sort(), ["/api/v1/config/history", "/api/v2/config/history"])
  })
})

describe("the document of the API", () => {
  it("shows Idempotency-Key, and what it may be answered with, on each write", () => {
    for (const { method, operation, path } of operations) {
      const writes = method !== "get" && !path.endsWith("/rules/test")
      const shown = (operation.parameters ?? []).some((one) => one.name === "Idempotency-Key" && one.in === "header")
      assert.strictEqual(shown, writes, `${method} ${path}`)
      if (!writes) continue
      assert.include(tagsIn(operation.responses["409"]), "RequestUnderWay", `${method} ${path}`)
      assert.include(tagsIn(operation.responses["422"]), "IdempotencyConflict", `${method} ${path}`)
      assert.include(resolved(operation.responses["503"]), "\"outcome\"", `${method} ${path}`)
    }
  })
})
