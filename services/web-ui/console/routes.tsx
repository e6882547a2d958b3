import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router"
import { MissingPage } from "./shell/MissingPage.tsx"
import { Shell } from "./shell/Shell.tsx"

/** What is behind `?` are plain texts: `host=core-1&sev=0,1`. Each page reads them by its own schema. */
const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text))
const stringifySearch = (search: Record<string, unknown>): string => {
  const said = Object.entries(search).filter((part): part is [string, string] =>
    typeof part[1] === "string" && part[1] !== ""
  )
  const text = new URLSearchParams(said).toString()
  return text === "" ? "" : `?${text}`
}

const root = createRootRoute({
  component: Shell,
  notFoundComponent: MissingPage,
  validateSearch: (search: Record<string, unknown>): Record<string, string | undefined> =>
    Object.fromEntries(Object.entries(search).filter((part): part is [string, string] => typeof part[1] === "string"))
})
const under = () => root

/** Every page and its address. Its code is loaded when somebody goes there. */
const pages = [
  createRoute({
    getParentRoute: under,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/overview" })
    }
  }),
  createRoute({
    getParentRoute: under,
    path: "/overview",
    component: lazyRouteComponent(() => import("./pages/overview/Page.tsx"), "OverviewPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/events",
    component: lazyRouteComponent(() => import("./pages/events/Page.tsx"), "EventsPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/alerts",
    component: lazyRouteComponent(() => import("./pages/alerts/Page.tsx"), "AlertsPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/dead-letters",
    component: lazyRouteComponent(() => import("./pages/deadLetters/Page.tsx"), "DeadLettersPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/rules",
    component: lazyRouteComponent(() => import("./pages/rules/Page.tsx"), "RulesPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/silences",
    component: lazyRouteComponent(() => import("./pages/silences/Page.tsx"), "SilencesPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/hosts",
    component: lazyRouteComponent(() => import("./pages/hosts/Page.tsx"), "HostsPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/settings",
    component: lazyRouteComponent(() => import("./pages/settings/Page.tsx"), "SettingsPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/rotation",
    component: lazyRouteComponent(() => import("./pages/rotation/Page.tsx"), "RotationPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/keys",
    component: lazyRouteComponent(() => import("./pages/keys/Page.tsx"), "KeysPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/audit",
    component: lazyRouteComponent(() => import("./pages/audit/Page.tsx"), "AuditPage")
  }),
  createRoute({
    getParentRoute: under,
    path: "/fleet",
    component: lazyRouteComponent(() => import("./pages/fleet/Page.tsx"), "FleetPage")
  })
]

export const router = createRouter({
  routeTree: root.addChildren(pages),
  basepath: "/console",
  parseSearch,
  stringifySearch,
  defaultPreload: false
})

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}
