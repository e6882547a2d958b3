import { QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { useEffect, useRef } from "react"
import { queries } from "./api/query.ts"
import { useSession } from "./api/session.ts"
import { router } from "./routes.tsx"

/** Every page, and what reads for them. What one person read is not shown to the next. */
const Pages = () => {
  const state = useSession()
  const who = "session" in state ? JSON.stringify([state.session.caller, state.session.person, state.session.role]) : ""
  const before = useRef(who)
  useEffect(() => {
    if (before.current !== who) void queries.resetQueries()
    before.current = who
  }, [who])
  useEffect(() => () => queries.clear(), [])
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  )
}

export default Pages
