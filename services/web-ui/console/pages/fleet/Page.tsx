import { Page } from "../../shell/Page.tsx"

export const FleetPage = () => (
  <Page title="Fleet">
    <p>Not there yet.</p>
  </Page>
)
