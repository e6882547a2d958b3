/** What shows that a claim is true: a test by its file and title, or a command. */
export interface Proof {
  readonly file: string
  readonly title: string
  readonly command: string
}

/** A sentence that a user relies on: where it stands, in few words what it says, and what shows it. */
export interface Claim {
  readonly line: number
  readonly page: string
  readonly section: string
  readonly text: string
  readonly proofs: Array<Proof>
}

const page = /^## (\S+\.md)$/
const claim = /^- \*\*(.+?)\*\*: (.+)$/
const proof = /^ {2}- (?:`((?:npm|mutt) [^`]+)`|(\S+\.ts): (.+))$/

/** Where the list of what has been shown ends. */
const unshown = "## Shown by nothing yet"

/** The list, and each line of it that is neither a page, nor a claim, nor what shows it. */
export const readClaims = (
  list: string
): { readonly claims: ReadonlyArray<Claim>; readonly strange: ReadonlyArray<string> } => {
  const claims: Array<Claim> = []
  const strange: Array<string> = []
  let current = ""
  for (const [index, line] of list.split("\n").entries()) {
    if (line === unshown) break
    const [, named] = page.exec(line) ?? []
    const [, section = "", text = ""] = claim.exec(line) ?? []
    const [shows, command = "", file = "", title = ""] = proof.exec(line) ?? []
    if (named !== undefined) current = named
    else if (current === "" || line === "") continue
    else if (text !== "") claims.push({ line: index + 1, page: current, section, text, proofs: [] })
    else if (shows !== undefined) claims.at(-1)?.proofs.push({ file, title, command })
    else strange.push(`${index + 1}: ${line}`)
  }
  return { claims, strange }
}
