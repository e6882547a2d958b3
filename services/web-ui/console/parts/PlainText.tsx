import "./PlainText.css"

/** Control characters and those that turn the direction of text: they could hide what is written. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const pieces = new RegExp(`(${hidden.source})`, "u")
const readable = /^[\t\n]$/

const codeOf = (char: string): string => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`

/** What a device sent, as text and nothing else; what would be invisible is shown by its number. */
export const PlainText = ({ children }: { readonly children: string }) => (
  <bdi className="plain-text">
    {!hidden.test(children) ?
      children :
      children.split(pieces).map((piece, at) =>
        at % 2 === 0 || readable.test(piece)
          ? piece
          : <span key={at} className="hidden-character">{codeOf(piece)}</span>
      )}
  </bdi>
)
