/** A view is what is looked for, and not what was open beside it. */
const momentary = new Set(["open", "tab", "view", "draft"])

/** The part of the address that a view keeps. */
export const queryOfView = (search: Readonly<Record<string, unknown>>): string =>
  new URLSearchParams(
    Object.entries(search).filter((part): part is [string, string] =>
      typeof part[1] === "string" && part[1] !== "" && !momentary.has(part[0])
    )
  ).toString()

/** What the address says in a view. */
export const searchOfView = (query: string): Record<string, string> => Object.fromEntries(new URLSearchParams(query))
