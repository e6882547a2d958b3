import type { Chunk, Identifier, Node } from "luaparse"

/** A name with the line on which it stands. */
export interface Named {
  readonly name: string
  readonly line: number
}

interface Local extends Named {
  used: boolean
}

interface Scope {
  readonly locals: Map<string, Local>
  readonly outer: Scope | undefined
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && "type" in value

const lineOf = ({ loc }: Node): number => loc?.start.line ?? 1

/** The global names that a chunk uses, and the locals of its outermost block that nothing uses. */
export const namesOf = (
  chunk: Chunk
): { readonly globals: ReadonlyArray<Named>; readonly unused: ReadonlyArray<Named> } => {
  const globals: Array<Named> = []
  const outermost: Array<Local> = []

  const declare = (scope: Scope, names: ReadonlyArray<Node | null>): void => {
    for (const named of names) {
      if (named?.type !== "Identifier") continue
      const local = { name: named.name, line: lineOf(named), used: false }
      scope.locals.set(named.name, local)
      if (scope.outer === undefined) outermost.push(local)
    }
  }

  const use = (scope: Scope | undefined, named: Identifier): void => {
    if (scope === undefined) return void globals.push({ name: named.name, line: lineOf(named) })
    const local = scope.locals.get(named.name)
    if (local === undefined) return use(scope.outer, named)
    local.used = true
  }

  const block = (outer: Scope, names: ReadonlyArray<Node>, parts: ReadonlyArray<unknown>): void => {
    const scope = { locals: new Map<string, Local>(), outer }
    declare(scope, names)
    walk(scope, parts)
  }

  const walk = (scope: Scope, value: unknown): void => {
    if (Array.isArray(value)) return value.forEach((one) => walk(scope, one))
    if (!isNode(value)) return
    switch (value.type) {
      case "Identifier":
        return use(scope, value)
      case "MemberExpression":
        return walk(scope, value.base)
      case "TableKeyString":
        return walk(scope, value.value)
      case "LocalStatement":
        walk(scope, value.init)
        return declare(scope, value.variables)
      case "FunctionDeclaration":
        if (value.isLocal) declare(scope, [value.identifier])
        else walk(scope, value.identifier)
        return block(scope, value.parameters, value.body)
      case "ForNumericStatement":
        walk(scope, [value.start, value.end, value.step])
        return block(scope, [value.variable], value.body)
      case "ForGenericStatement":
        walk(scope, value.iterators)
        return block(scope, value.variables, value.body)
      case "RepeatStatement":
        return block(scope, [], [...value.body, value.condition])
      case "IfClause":
      case "ElseifClause":
      case "WhileStatement":
        walk(scope, value.condition)
        return block(scope, [], value.body)
      case "ElseClause":
      case "DoStatement":
        return block(scope, [], value.body)
      default:
        return Object.values(value).forEach((part) => walk(scope, part))
    }
  }

  walk({ locals: new Map(), outer: undefined }, chunk.body)
  return { globals, unused: outermost.filter(({ used }) => !used) }
}
