const place = "mutt.return-to"

/** Remembers, in this tab, which page somebody wants who goes to the provider of logins. */
export const noteReturn = (): void => {
  try {
    sessionStorage.setItem(place, location.pathname + location.search)
  } catch {
    // Nothing may be kept here: the login leads to the first page.
  }
}

/** Where to go on after the provider, once. */
export const takeReturn = (): string | undefined => {
  try {
    const address = sessionStorage.getItem(place) ?? undefined
    sessionStorage.removeItem(place)
    return address?.startsWith("/console/") === true ? address : undefined
  } catch {
    return undefined
  }
}
