import { noteReturn } from "../api/returnTo.ts"

const address = "/api/v1/session/oidc"

/**
 * Leads to the provider of logins. Over a page that waits it does so in another tab: what was typed stays here, and this
 * one goes on by itself.
 */
export const ProviderLogin = ({ again }: { readonly again: boolean }) => (
  <p>
    {again
      ? <a className="button" href={address} target="_blank" rel="noreferrer">Log in with your organisation</a>
      : <a className="button" href={address} onClick={noteReturn}>Log in with your organisation</a>}
  </p>
)
