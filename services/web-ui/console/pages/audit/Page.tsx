import { Page } from "../../shell/Page.tsx"

export const AuditPage = () => (
  <Page title="Audit">
    <p>Not there yet.</p>
  </Page>
)
