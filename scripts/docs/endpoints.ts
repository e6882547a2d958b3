import { Context, Option, SchemaAST } from "effect"
import { HttpApi, OpenApi } from "effect/http-api"
import { AdminOnly, Authenticated, OperatorOnly, ViewerOnly } from "../../src/api/shared/Access.ts"
import { WebUiApi } from "../../src/api/web-ui/Api.ts"
import { markdownTable, wrapped } from "./generated.ts"

interface Endpoint {
  readonly method: string
  readonly path: string
  /** Least role, or who may. */
  readonly who: string
  readonly summary: string
  /** `409 HostExists`: what it may answer beside 200. */
  readonly problems: ReadonlyArray<string>
}

const roles = [[AdminOnly, "admin"], [OperatorOnly, "operator"], [ViewerOnly, "viewer"], [
  Authenticated,
  "any key"
]] as const

/** Every path of the web UI's API, as it is declared. */
export const endpoints = (): ReadonlyArray<Endpoint> => {
  const found: Array<Endpoint> = []
  HttpApi.reflect(WebUiApi, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, errors, middleware }) => {
      const having = new Set<unknown>(middleware)
      found.push({
        method: endpoint.method,
        path: endpoint.path,
        who: roles.find(([one]) => having.has(one))?.[1] ?? "everybody",
        summary: Option.getOrElse(Context.getOption(endpoint.annotations, OpenApi.Summary), () => ""),
        problems: [...errors].flatMap(([status, schemas]) =>
          schemas.map(({ ast }) => `${status} ${SchemaAST.resolveIdentifier(ast) ?? "?"}`)
        )
      })
    }
  })
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1))
}

/** `409 RotationTaken, 409 RotationConfused` in fewer words. */
const byStatus = (problems: ReadonlyArray<string>): string => {
  const tags = Map.groupBy(problems, (problem) => problem.slice(0, 3))
  return [...tags].sort().map(([status, all]) => `${status} ${all.map((one) => `\`${one.slice(4)}\``).join(", ")}`)
    .join(", ")
}

export const endpointsTable = (): string => {
  const all = endpoints()
  const everywhere = [...new Set(all.flatMap(({ problems }) => problems))]
    .filter((problem) => all.filter(({ problems }) => problems.includes(problem)).length > all.length / 2)
  const table = markdownTable(
    ["path", "least role", "does", "answers of its own"],
    all.map(({ method, path, problems, summary, who }) => [
      `\`${method} ${path}\``,
      who,
      summary,
      byStatus(problems.filter((problem) => !everywhere.includes(problem)))
    ])
  )
  return `${table}\n\n${wrapped(`Most paths may answer these too: ${byStatus(everywhere)}.`)}`
}
