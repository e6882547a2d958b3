import { Page } from "../../shell/Page.tsx"

export const DeadLettersPage = () => (
  <Page title="Dead letters">
    <p>Not there yet.</p>
  </Page>
)
