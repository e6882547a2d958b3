type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** Changes every operation of an OpenAPI document. */
export const mapOperations = (
  document: Json,
  change: (operation: Json, path: string, method: string) => Json
): Json => {
  if (!isObject(document["paths"])) return document
  const paths = Object.entries(document["paths"]).map(([path, item]) => [
    path,
    !isObject(item) ? item : Object.fromEntries(
      Object.entries(item).map((
        [method, operation]
      ) => [method, isObject(operation) ? change(operation, path, method) : operation])
    )
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

/** The same operation, whose body may be left out. */
export const withOptionalBody = (operation: Json): Json =>
  isObject(operation["requestBody"])
    ? { ...operation, requestBody: { ...operation["requestBody"], required: false } }
    : operation
