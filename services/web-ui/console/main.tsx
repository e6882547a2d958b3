import { QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { StrictMode, useLayoutEffect } from "react"
import { createRoot } from "react-dom/client"
import { useKept } from "./api/kept.ts"
import { queries } from "./api/query.ts"
import { learnSession, logIn, useSession } from "./api/session.ts"
import { Trouble } from "./parts/Trouble.tsx"
import { router } from "./routes.tsx"
import { SignIn } from "./shell/SignIn.tsx"
import "./style/tokens.css"
import "./style/base.css"

/** `#login=…` is good once: it is used, and taken out of the address at once. */
const enter = async () => {
  const link = new URLSearchParams(location.hash.slice(1)).get("login")
  if (link !== null) {
    history.replaceState(null, "", location.pathname + location.search)
    await logIn({ link })
  }
  await learnSession()
}

const Console = () => {
  const { is } = useSession()
  const [theme] = useKept("theme", "system")
  const [density] = useKept("density", "comfortable")
  // Before lists measure their rows.
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = theme
    document.documentElement.dataset["density"] = density
  }, [theme, density])
  if (is === "unknown") return null
  if (is === "out") return <SignIn />
  if (is === "offline") {
    const of = { tag: "Offline", detail: "The server does not answer.", fields: [], correlationId: undefined }
    return (
      <main className="sign-in">
        <h1>MUTT</h1>
        <Trouble of={of} again={() => void learnSession()} />
      </main>
    )
  }
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  )
}

const place = document.querySelector("#console")
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <Console />
    </StrictMode>
  )
  void enter()
}
