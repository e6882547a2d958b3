import { Effect } from "effect"
import { FindMyWay, HttpRouter } from "effect/http"

/** Which methods a path answers: the router does not tell. */
interface RouteIndex {
  readonly methodsOf: (url: string) => ReadonlyArray<string>
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const

/** Paths match exactly, in case and slashes; what else a router may fold is refused before (`requestTarget.ts`). */
const asWritten = { caseSensitive: true, ignoreDuplicateSlashes: false, ignoreTrailingSlash: false }

/** Makes a router that knows its routes, so that a wrong method is answered 405 and a wrong path 404. */
export const makeIndexedRouter = Effect.gen(function*() {
  const router = yield* Effect.provideService(HttpRouter.make, HttpRouter.RouterConfig, asWritten)
  const known = FindMyWay.make<true>(asWritten)

  const note = (method: string, path: HttpRouter.PathInput): void => {
    if (path === "*") return
    if (method === "*") known.all(path, true)
    else if (!known.has(method, path)) known.on(method, path, true)
  }
  const noting = (inner: HttpRouter.HttpRouter, prefix: string): HttpRouter.HttpRouter =>
    HttpRouter.HttpRouter.of({
      ...inner,
      add: (method, path, handler, options) => {
        note(method, prefix === "" ? path : HttpRouter.prefixPath(path, prefix) as HttpRouter.PathInput)
        return inner.add(method, path, handler, options)
      },
      addAll: (routes) => {
        for (const route of routes) {
          note(
            route.method,
            prefix === "" ? route.path : HttpRouter.prefixPath(route.path, prefix) as HttpRouter.PathInput
          )
        }
        return inner.addAll(routes)
      },
      prefixed: (added) => noting(inner.prefixed(added), prefix === "" ? added : HttpRouter.prefixPath(added, prefix))
    })

  const index: RouteIndex = {
    methodsOf: (url) => {
      const found: Array<string> = methods.filter((method) => known.find(method, url) !== undefined)
      if (found.length === 0) return found
      return [...(found.includes("GET") ? ["HEAD"] : []), ...found, "OPTIONS"]
    }
  }
  return { router: noting(router, ""), index }
})
