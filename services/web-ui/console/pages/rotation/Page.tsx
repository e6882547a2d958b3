import { Page } from "../../shell/Page.tsx"

export const RotationPage = () => (
  <Page title="Rotation">
    <p>Not there yet.</p>
  </Page>
)
