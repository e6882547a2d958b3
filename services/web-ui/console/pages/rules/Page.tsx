import { Page } from "../../shell/Page.tsx"

export const RulesPage = () => (
  <Page title="Rules">
    <p>Not there yet.</p>
  </Page>
)
