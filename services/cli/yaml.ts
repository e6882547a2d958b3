import { Effect } from "effect"
import { Document, isScalar, parse, visit } from "yaml"
import { failedWith } from "./api.ts"
import { escaped, unsafe } from "./output.ts"

/** Writes YAML that is safe for a terminal, too: what it would obey is escaped, as in JSON. */
export const yamlText = (value: unknown): string => {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, (_key, node) => {
    if (isScalar(node) && typeof node.value === "string" && node.value.search(unsafe) >= 0) node.type = "QUOTE_DOUBLE"
  })
  return document.toString({ lineWidth: 0 }).trimEnd().replace(unsafe, escaped)
}

/** Reads YAML, and says where it cannot be read. */
export const fromYaml = (path: string, text: string) =>
  Effect.try({
    try: (): unknown => parse(text, { maxAliasCount: 100 }),
    catch: (error) => failedWith(`${path}: ${error instanceof Error ? error.message : String(error)}`)
  })
