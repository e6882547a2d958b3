import { Page } from "../../shell/Page.tsx"

export const HostsPage = () => (
  <Page title="Hosts &amp; teams">
    <p>Not there yet.</p>
  </Page>
)
