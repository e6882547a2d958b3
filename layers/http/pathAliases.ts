import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"

/** Adds each route beneath `from` beneath `to` too: the same handler, hence the same answers. Provide it to the routes. */
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
