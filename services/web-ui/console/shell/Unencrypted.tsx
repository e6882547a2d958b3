import "../parts/Severity.css"

/** Said on every page where logins travel over plain HTTP. */
export const Unencrypted = () => (
  <p
    className="severity warning"
    title="WEBUI_PLAIN_HTTP is on, and there is no TLS: keys and logins can be read on the way."
  >
    ◆ not encrypted
  </p>
)
