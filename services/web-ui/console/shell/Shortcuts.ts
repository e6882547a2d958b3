import { useEffect } from "react"
import { kept } from "../api/kept.ts"

export interface Shortcut {
  /** A key (`t`, `?`), a chord (`Ctrl+k`) or two keys after each other (`g e`). */
  readonly keys: string
  readonly says: string
  readonly run: () => void
}

const layers: Array<{ readonly current: ReadonlyArray<Shortcut> }> = []

/** All that work now, the newest page's first; for the help. */
export const shortcutsNow = (): ReadonlyArray<Shortcut> => layers.toReversed().flatMap(({ current }) => current)

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Space and Enter press what has the focus. */
const presses = (event: KeyboardEvent): boolean =>
  /^(?: |Enter)$/.test(event.key) && event.target instanceof Element &&
  event.target.closest("a, button, summary") !== null

/** Single letters may be switched off, as speech input and slips of the hand type them too. */
const lettersOn = (): boolean => kept("letters") !== "off"

let before: { readonly key: string; readonly at: number } | undefined
const togetherMs = 1_200

/** A key that begins a pair, and does something alone too, waits for the second one. */
let alone: ReturnType<typeof setTimeout> | undefined
const aloneMs = 500

const nameOf = (event: KeyboardEvent): string =>
  `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.key}`

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return
  const name = nameOf(event)
  clearTimeout(alone)
  const chord = name.startsWith("Ctrl+") || name.startsWith("Alt+")
  if (
    !chord &&
    (isField(event.target) || presses(event) || !lettersOn() || document.querySelector("dialog[open]") !== null)
  ) return
  const first = before !== undefined && event.timeStamp - before.at < togetherMs ? before.key : undefined
  before = chord ? undefined : { key: name, at: event.timeStamp }
  const all = shortcutsNow()
  const found = (first === undefined ? undefined : all.find(({ keys }) => keys === `${first} ${name}`)) ??
    all.find(({ keys }) => keys === name)
  if (found === undefined) return
  event.preventDefault()
  if (found.keys === name && all.some(({ keys }) => keys.startsWith(`${name} `))) {
    alone = setTimeout(found.run, aloneMs)
    return
  }
  before = undefined
  found.run()
})

/** Makes keys work as long as this is shown. */
export const useShortcuts = (shortcuts: ReadonlyArray<Shortcut>): void => {
  useEffect(() => {
    const layer = { current: shortcuts }
    layers.push(layer)
    return () => void layers.splice(layers.indexOf(layer), 1)
  }, [shortcuts])
}
