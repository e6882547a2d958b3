import { lazy, StrictMode, Suspense, useLayoutEffect } from "react"
import { createRoot } from "react-dom/client"
import { isOidcRefusal, oidcRefusals } from "../../../src/domain/OidcRefusal.ts"
import { dropKeys, holdKeys } from "./api/earlyKeys.ts"
import { useKept } from "./api/kept.ts"
import { takeReturn } from "./api/returnTo.ts"
import { learnSession, logIn, tellTabs, useSession } from "./api/session.ts"
import { Trouble } from "./parts/Trouble.tsx"
import { SignIn } from "./shell/SignIn.tsx"
import "./style/tokens.css"
import "./style/base.css"

/** All that is behind the login: the login itself needs none of it, and shows the sooner. */
const Pages = lazy(() => import("./Pages.tsx"))

/** Why the provider of logins sent somebody back without one. */
let refused: string | undefined

/** `#login=…` is good once: it is used, and taken out of the address at once; so is what the provider's login left. */
const enter = async () => {
  const left = new URLSearchParams(location.hash.slice(1))
  const [link, why] = [left.get("login"), left.get("refused")]
  if (why !== null && isOidcRefusal(why)) refused = oidcRefusals[why]
  const to = takeReturn() ?? location.pathname + location.search
  if (location.pathname + location.search + location.hash !== to) history.replaceState(null, "", to)
  if (link !== null) await logIn({ link })
  await learnSession()
  tellTabs()
}

const offline = { tag: "Offline", detail: "The server does not answer.", fields: [], correlationId: undefined }

const Console = () => {
  const { is } = useSession()
  const [theme] = useKept("theme", "system")
  const [density] = useKept("density", "comfortable")
  // Before lists measure their rows.
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = theme
    document.documentElement.dataset["density"] = density
  }, [theme, density])
  useLayoutEffect(() => {
    if (is === "out" || is === "offline") dropKeys()
  }, [is])
  if (is === "unknown") return <Opening />
  if (is === "out") return <SignIn refused={refused} />
  if (is === "offline") {
    return (
      <main className="sign-in">
        <h1>MUTT</h1>
        <Trouble of={offline} again={() => void learnSession()} />
      </main>
    )
  }
  return (
    <Suspense fallback={<Opening />}>
      <Pages />
    </Suspense>
  )
}

/** The frame of a page, while nothing is known yet. */
const Opening = () => {
  useLayoutEffect(holdKeys, [])
  return (
    <div className="opening" aria-busy="true">
      <span className="brand">MUTT</span>
    </div>
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
