import { assert, describe, it } from "@effect/vitest"
import { OpenApi } from "effect/http-api"
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

describe("docs/API.md", () => {
  it("is right that one list has a total", () => {
    // Numbers by group are no list: their total is what they looked at.
    const paths = operations.filter(({ operation, path }) =>
      !path.endsWith("/groups") && resolved(operation.responses["200"]).includes("\"total\":")
    ).map(({ path }) => path)
    assert.deepStrictEqual(paths.sort(), ["/api/v1/config/history", "/api/v2/config/history"])
  })
})

/** What is posted and changes nothing that is kept; a login is in its cookie. */
const noWrites = /\/(?:rules\/(?:test|lint|backtest)|silences\/preview|session(?:\/.+)?)$/

describe("the document of the API", () => {
  it("shows Idempotency-Key, and what it may be answered with, on each write", () => {
    for (const { method, operation, path } of operations) {
      const writes = method !== "get" && !noWrites.test(path)
      const shown = (operation.parameters ?? []).some((one) => one.name === "Idempotency-Key" && one.in === "header")
      assert.strictEqual(shown, writes, `${method} ${path}`)
      if (!writes) continue
      assert.include(tagsIn(operation.responses["409"]), "RequestUnderWay", `${method} ${path}`)
      assert.include(tagsIn(operation.responses["422"]), "IdempotencyConflict", `${method} ${path}`)
      assert.include(resolved(operation.responses["503"]), "\"outcome\"", `${method} ${path}`)
    }
  })
})
