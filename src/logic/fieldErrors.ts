import { type SchemaAST, SchemaIssue } from "effect"
import { nearest } from "./nearest.ts"

/** One thing wrong with one field. `field` is the path, with dots. */
export interface FieldError {
  readonly field: string
  readonly message: string
}

type Path = ReadonlyArray<PropertyKey>

/** How many wrong fields one answer names. */
const most = 20

const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (leaf) => leaf._tag === "UnexpectedKey" ? "" : SchemaIssue.defaultLeafHook(leaf)
})

/**
 * What does not fit a schema, field by field: names that it does not have first, each with the one that was probably
 * meant.
 */
export const fieldErrors = (issue: SchemaIssue.Issue): ReadonlyArray<FieldError> => {
  const unknown = unexpected(issue, [])
  const others = format(issue).issues.filter(({ message }) => message !== "")
  // Only the reported ones get a suggestion: a body may hold a hundred thousand.
  const reported = [
    ...unknown.slice(0, most).map(({ known, path }) => ({
      field: path.map(shown).join("."),
      message: unknownName("field", shown(path.at(-1) ?? ""), known)
    })),
    ...others.slice(0, Math.max(0, most - unknown.length)).map(({ message, path }) => ({
      field: (path ?? []).map((part) => shown(typeof part === "object" ? part.key : part)).join("."),
      message
    }))
  ]
  const omitted = unknown.length + others.length - reported.length
  return omitted === 0 ? reported : [...reported, { field: "", message: `${omitted} more fields are wrong.` }]
}

/** What to say of a name that nobody knows. */
export const unknownName = (what: string, name: string, known: ReadonlyArray<string>): string =>
  known.length === 0
    ? `There is no ${what} \`${name}\`; none is taken.`
    : `There is no ${what} \`${name}\`; did you mean \`${nearest(name, known)}\`?`

/** All of them in one line, for `detail`. */
export const inOneLine = (errors: ReadonlyArray<FieldError>): string =>
  errors.map(({ field, message }) => (field === "" || message.includes("`") ? message : `${field}: ${message}`))
    .join("; ").slice(0, 1_000)

const shown = (part: PropertyKey): string => String(part).slice(0, 100)

/** Where there are fields that nobody declared, and which there are. */
const unexpected = (
  issue: SchemaIssue.Issue,
  path: Path
): ReadonlyArray<{ readonly path: Path; readonly known: ReadonlyArray<string> }> => {
  switch (issue._tag) {
    case "Filter":
    case "Encoding":
      return unexpected(issue.issue, path)
    case "Pointer":
      return unexpected(issue.issue, [...path, ...issue.path])
    case "Composite":
    case "AnyOf":
      return issue.issues.flatMap((inner) => unexpected(inner, path))
    case "UnexpectedKey":
      return [{ path, known: namesOf(issue.ast) }]
    default:
      return []
  }
}

/** The fields that a schema declares. */
export const namesOf = (ast: SchemaAST.AST): ReadonlyArray<string> =>
  ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)) : []
