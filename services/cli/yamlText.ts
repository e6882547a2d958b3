import { Document, isScalar, visit } from "yaml"
import { escaped, unsafe } from "./output.ts"

/** Writes YAML that is safe for a terminal, too: what it would obey is escaped, as in JSON. */
export const yamlText = (value: unknown): string => {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, (_key, node) => {
    if (isScalar(node) && typeof node.value === "string" && node.value.search(unsafe) >= 0) node.type = "QUOTE_DOUBLE"
  })
  return document.toString({ lineWidth: 0 }).trimEnd().replace(unsafe, escaped)
}
