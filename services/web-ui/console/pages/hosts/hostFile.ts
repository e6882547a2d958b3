import { Result, Schema } from "effect"
import { ImportedHost, mostImported } from "../../../../../src/api/web-ui/HeardHosts.ts"
import { type FieldError, fieldErrors } from "../../../../../src/logic/fieldErrors.ts"

type Rows = ReadonlyArray<ImportedHost>

const decode = Schema.decodeUnknownResult(
  Schema.Array(ImportedHost).check(Schema.isMinLength(1), Schema.isMaxLength(mostImported)),
  { errors: "all", onExcessProperty: "error" }
)

/** Cells of a line; a quoted one may hold what parts cells. */
const cellsOf = (line: string): ReadonlyArray<string> =>
  Array.from(
    line.matchAll(/(?:^|[,;\t])(?:\s*"((?:[^"]|"")*)"\s*|([^,;\t]*))/g),
    ([, quoted, plain]) => quoted === undefined ? (plain ?? "").trim() : quoted.replaceAll("\"\"", "\"")
  )

const isHead = (line: string): boolean => /^"?host(?:name)?"?\s*[,;\t]/i.test(line)

/** `-` takes the team away; an empty cell leaves it as it is. */
const rowOf = ([hostname = "", environment = "", team = ""]: ReadonlyArray<string>): unknown => ({
  hostname,
  ...(environment === "" ? {} : { environment: environment.toLowerCase() }),
  ...(team === "" ? {} : { team: team === "-" ? null : team })
})

const readJson = (text: string): Result.Result<unknown, ReadonlyArray<FieldError>> => {
  try {
    return Result.succeed(JSON.parse(text))
  } catch (error) {
    return Result.fail([{ field: "", message: error instanceof Error ? error.message : "This is not JSON." }])
  }
}

/**
 * Reads hosts as people keep them: lines of name, environment and team, parted by commas, semicolons or tabs; or the
 * JSON that the API takes. What is wrong is named by its line.
 */
export const readHostFile = (text: string): Result.Result<Rows, ReadonlyArray<FieldError>> => {
  if (/^\s*\[/.test(text)) {
    return Result.flatMap(readJson(text), (value) => Result.mapError(decode(value), ({ issue }) => fieldErrors(issue)))
  }
  const lines = text.split(/\r?\n/).map((line, at) => ({ line: line.trim(), number: at + 1 }))
    .filter(({ line }, at) => line !== "" && !line.startsWith("#") && !(at === 0 && isHead(line)))
  return Result.mapError(
    decode(lines.map(({ line }) => rowOf(cellsOf(line)))),
    ({ issue }) =>
      fieldErrors(issue).map(({ field, message }) => {
        const [row, ...rest] = field.split(".")
        const number = lines[Number(row)]?.number
        return number === undefined ? { field, message } : { field: [`line ${number}`, ...rest].join(" "), message }
      })
  )
}
