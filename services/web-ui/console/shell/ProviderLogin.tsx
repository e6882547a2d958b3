import { noteReturn } from "../api/returnTo.ts"

const address = "/api/v1/session/oidc"

/**
 * Leads to the provider of logins. Over a page that waits it does so in another tab: what was typed stays here, and this
 * one goes on by itself.
 */
export const ProviderLogin = ({ again, fresh = false }: {
  readonly again: boolean
  /** Who it is has to be proved anew, whatever the provider remembers. */
  readonly fresh?: boolean
}) => (
  <p>
    {again
      ? (
        <a className="button" href={fresh ? `${address}?fresh=1` : address} target="_blank" rel="noreferrer">
          Log in with your organisation
        </a>
      )
      : <a className="button" href={address} onClick={noteReturn}>Log in with your organisation</a>}
  </p>
)
