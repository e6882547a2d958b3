import type { DeadLetter } from "../domain/DeadLetter.ts"

/** Which dead letters are meant. What is absent says nothing. */
export interface LetterWish {
  readonly reason?: string | undefined
  /** The host of an event or alert; the peer or the sender of a quarantined record. */
  readonly host?: string | undefined
  /** A part of the detail or of what is kept, without case. */
  readonly text?: string | undefined
}

/** Makes a function that tells whether a dead letter is meant. */
export const letterFilter = ({ host, reason, text }: LetterWish): (letter: DeadLetter) => boolean => {
  const wantedHost = host?.toLowerCase()
  const wanted = text?.toLowerCase()
  // What is kept is JSON, so a quote in the text stands there with a backslash.
  const wantedJson = wanted === undefined ? "" : JSON.stringify(wanted).slice(1, -1)
  return (letter) =>
    (reason === undefined || letter.reason === reason) &&
    (wanted === undefined || letter.detail.toLowerCase().includes(wanted) ||
      letter.payload.toLowerCase().includes(wantedJson)) &&
    (wantedHost === undefined || hostsOf(letter).includes(wantedHost))
}

/** Members of what is kept that name where it came from. */
const naming = { events: ["hostname"], alerts: ["hostname"], quarantine: ["peer", "sender"] } as const

const hostsOf = ({ payload, queue }: DeadLetter): ReadonlyArray<string> => {
  const kept = objectOf(payload)
  return naming[queue].flatMap((name) => {
    const value = kept[name]
    return typeof value === "string" ? [value.toLowerCase()] : []
  })
}

/** A dead event may be no JSON: then it tells nothing of its host. */
const objectOf = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
