import { Page } from "../../shell/Page.tsx"

export const SilencesPage = () => (
  <Page title="Silences">
    <p>Not there yet.</p>
  </Page>
)
