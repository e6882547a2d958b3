import { Page } from "../../shell/Page.tsx"

export const AlertsPage = () => (
  <Page title="Alerts">
    <p>Not there yet.</p>
  </Page>
)
