import { Link } from "@tanstack/react-router"
import { Panel } from "../../parts/Panel.tsx"

/** Keys are made in the secret store: who may write there lets people in, and no page of MUTT does. */
export const AddKey = () => (
  <Panel title="Add a key, or take one away">
    <ol className="steps">
      <li>
        Put at least 16 random characters into the secret store as <code>API_KEY_ROLE_NAME</code>: the role is{" "}
        <code>INGEST</code>, <code>VIEWER</code>, <code>OPERATOR</code> or{" "}
        <code>ADMIN</code>, and the name is what the record of changes says.
        <pre>{"openssl rand -hex 24 | tr -d '\\n' |\n  bao kv patch -method=rw \"$VAULT_SECRETS_PATH\" API_KEY_OPERATOR_ALICE=-"}</pre>
      </li>
      <li>A key of role admin goes into the document that the web-ui alone reads, and lets in at the web-ui alone.</li>
      <li>
        To keep it to some addresses, add a list of them as <code>API_KEY_OPERATOR_ALICE_FROM</code>.
      </li>
      <li>It is in this list within some seconds. No program has to start anew.</li>
      <li>
        Taken out of the store, it lets nobody in, and the logins made with it end at once. To replace one without a
        gap, go to <Link to="/rotation">Rotation</Link>.
      </li>
    </ol>
  </Panel>
)
