import { Page } from "../../shell/Page.tsx"

export const SettingsPage = () => (
  <Page title="Settings">
    <p>Not there yet.</p>
  </Page>
)
