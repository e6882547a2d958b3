import { Page } from "../../shell/Page.tsx"

export const KeysPage = () => (
  <Page title="Keys">
    <p>Not there yet.</p>
  </Page>
)
