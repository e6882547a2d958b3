import { readFileSync } from "node:fs"
import { join } from "node:path"
import { isCollection, isMap, isScalar, parseDocument } from "yaml"
import { markdownTable } from "../docs/generated.ts"
import { repository } from "../stack/Paths.ts"
import { chartFolder } from "./chartFolder.ts"

interface Row {
  readonly name: string
  readonly standard: string
  readonly meaning: string
}

const oneLine = (comment: string | null | undefined): string =>
  (comment ?? "").split("\n\n").at(-1)?.split("\n").map((line) => line.trim()).join(" ").trim() ?? ""

/** Each value with its default and the comment above it. What has neither comment nor value of its own is a group. */
const rowsOf = (node: unknown, path: ReadonlyArray<string>): ReadonlyArray<Row> =>
  !isMap(node) ? [] : node.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return []
    // The parser gives the comment above the first key of a map to the map.
    const above = key.commentBefore ?? (node.items[0]?.key === key ? node.commentBefore : undefined)
    const meaning = oneLine(above)
    const names = [...path, String(key.value)]
    const own = { name: names.join("."), meaning }
    if (isMap(value) && value.items.length > 0 && value.flow !== true) {
      return [...(meaning === "" ? [] : [{ ...own, standard: "" }]), ...rowsOf(value, names)]
    }
    const standard = isCollection(value) ? value.toJSON() : isScalar(value) ? value.value : value
    return [{ ...own, standard: `\`${JSON.stringify(standard)}\`` }]
  })

export const valuesTable = (): string => {
  const document = parseDocument(readFileSync(join(repository, chartFolder, "values.yaml"), "utf8"))
  return markdownTable(
    ["value", "default", "meaning"],
    rowsOf(document.contents, []).map(({ meaning, name, standard }) => [`\`${name}\``, standard, meaning])
  )
}
