import { Link } from "@tanstack/react-router"
import { Page } from "./Page.tsx"

/** An address that no page has. */
export const MissingPage = () => (
  <Page title="No such page">
    <p>
      The console has no page at this address. <Link to="/overview">Go to the overview</Link>
    </p>
  </Page>
)
