import { isSeverityName } from "../../domain/Severity.ts"
import { matchAt } from "../characters.ts"

const form = /\[\??([\w.-]{1,255}): ?([\w.-]{1,128})(?:: ?[\w. -]{1,64})?: ?([a-z]{3,13})\]:? ?/y

/** Reads `[node:event:severity]: `, which ONTAP writes for host and tag. Its event takes the place of the program. */
export const readOntap = (
  line: string,
  at: number
):
  | { readonly hostname: string; readonly program: string; readonly tag: string; readonly message: string }
  | undefined =>
{
  if (line.charCodeAt(at) !== 91) return undefined
  const [, hostname, program, level = ""] = matchAt(form, line, at) ?? []
  if (hostname === undefined || program === undefined || !isSeverityName(level)) return undefined
  const end = form.lastIndex
  return { hostname, program, tag: line.slice(at, end), message: line.slice(end) }
}
