import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"

/** Serves each route beneath `from` beneath `to` too, by the same handler. Provide it to the routes. */
export const AliasedPaths = (from: `/${string}`, to: `/${string}`) =>
  Layer.effect(
    HttpRouter.HttpRouter,
    Effect.map(HttpRouter.HttpRouter, (router) =>
      HttpRouter.HttpRouter.of({
        ...router,
        addAll: (routes) =>
          router.addAll([
            ...routes,
            ...routes.flatMap((route) =>
              route.path.startsWith(`${from}/`)
                ? [HttpRouter.route(route.method, `${to}/${route.path.slice(from.length + 1)}`, route.handler, {
                  uninterruptible: route.uninterruptible
                })]
                : []
            )
          ])
      }))
  )
