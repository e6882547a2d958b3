/** What a list shows of a recorded event's text. */
export interface EventHead {
  readonly source: string | null
  readonly sender: string | null
  readonly message: string
  readonly cut: boolean
}

/** Characters of the text that are enough: what is before the message is bounded, however it is escaped. */
export const headLength = 8_192
/** Characters of a message that a list shows. */
export const messageLength = 300

const key = /[{,]"((?:[^"\\]|\\[^])*)":/y
const string = /"((?:[^"\\]|\\[^])*)("?)/y

/**
 * Reads source, sender and the beginning of the message from the beginning of an event's JSON.
 *
 * The rest may be large, and what it holds is the device's, so it is not parsed: the ingestor writes these members before
 * all others, and each of them is a string.
 */
export const eventHead = (json: string): EventHead => {
  const found = new Map<string, EventText>()
  for (let at = 0; !found.has("message");) {
    key.lastIndex = at
    const name = key.exec(json)?.[1]
    if (name === undefined) break
    string.lastIndex = key.lastIndex
    const [, text, end] = string.exec(json) ?? []
    if (text === undefined) break
    found.set(name, { text: name === "message" ? text.slice(0, 12 * messageLength) : text, whole: end === "\"" })
    at = string.lastIndex
  }
  const message = found.get("message") ?? { text: "", whole: true }
  const shown = cutAt(unescaped(message.text), messageLength)
  return {
    source: textOf(found.get("source")),
    sender: textOf(found.get("sender")),
    message: shown.text,
    cut: !shown.whole || !message.whole || message.text.length === 12 * messageLength
  }
}

interface EventText {
  readonly text: string
  readonly whole: boolean
}

const textOf = (found: EventText | undefined): string | null => found === undefined ? null : unescaped(found.text)

/** The text between the quotes of a JSON string, which may end within an escape. */
const unescaped = (text: string): string => {
  if (!text.includes("\\")) return text
  for (let less = 0; less < 6; less++) {
    try {
      const value: unknown = JSON.parse(`"${text.slice(0, text.length - less)}"`)
      return typeof value === "string" ? value : ""
    } catch {
      // It ends within an escape; the next try leaves off one character more.
    }
  }
  return ""
}

/** At most so many characters (code points), and no half of one. */
const cutAt = (text: string, most: number): EventText => {
  if (text.length <= most) return { text, whole: true }
  const points = Array.from(text.slice(0, 2 * most))
  return points.length <= most && text.length <= 2 * most
    ? { text, whole: true }
    : { text: points.slice(0, most).join("").toWellFormed(), whole: false }
}
