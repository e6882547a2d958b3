import type { ReactNode } from "react"
import "./PlainText.css"

/** Control characters and those that turn the direction of text: they could hide what is written. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const piece = new RegExp(hidden.source, "gu")
const readable = /^[\t\n]$/
/** So many have a box each. A device that sends thousands would make the page slow: the others are told in the text. */
const mostBoxes = 100

const codeOf = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
const inText = (char: string): string => readable.test(char) ? char : `[${codeOf(char)}]`

const shown = (text: string): ReadonlyArray<ReactNode> => {
  const parts: Array<ReactNode> = []
  let from = 0
  let boxes = 0
  for (const { 0: char, index } of text.matchAll(piece)) {
    if (readable.test(char)) continue
    if (boxes++ === mostBoxes) break
    parts.push(text.slice(from, index), <span key={index} className="hidden-character">{codeOf(char)}</span>)
    from = index + char.length
  }
  return [...parts, text.slice(from).replaceAll(piece, inText)]
}

/** What a device sent, as text and nothing else; what would be invisible is shown by its number. */
export const PlainText = ({ children }: { readonly children: string }) => (
  <bdi className="plain-text">{hidden.test(children) ? shown(children) : children}</bdi>
)
