type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** The paths of an OpenAPI document, with the operations of each. */
export const pathsOf = ({ paths }: Json): ReadonlyArray<[path: string, item: unknown]> =>
  isObject(paths) ? Object.entries(paths) : []

/** Changes every operation of an OpenAPI document. */
export const mapOperations = (
  document: Json,
  change: (operation: Json, path: string, method: string) => Json
): Json => {
  const changed = (path: string, item: Json) =>
    Object.entries(item).map(([method, operation]) => [
      method,
      isObject(operation) ? change(operation, path, method) : operation
    ])
  const paths = pathsOf(document).map(([path, item]) => [
    path,
    isObject(item) ? Object.fromEntries(changed(path, item)) : item
  ])
  return { ...document, paths: Object.fromEntries(paths) }
}

/** Describes a parameter by the type that its text must have (`whole`), where it is described as text. */
export const withTypedParameters = (operation: Json): Json =>
  Array.isArray(operation["parameters"])
    ? { ...operation, parameters: operation["parameters"].map((one) => (isObject(one) ? typed(one) : one)) }
    : operation

const typed = (parameter: Json): Json => {
  const { schema } = parameter
  if (!isObject(schema) || !Array.isArray(schema["allOf"])) return parameter
  const type = schema["allOf"].find((part) => isObject(part) && "type" in part)
  return type === undefined ? parameter : { ...parameter, schema: type }
}

/** Lets the body of an operation be left out. */
export const withOptionalBody = (operation: Json): Json =>
  isObject(operation["requestBody"])
    ? { ...operation, requestBody: { ...operation["requestBody"], required: false } }
    : operation
