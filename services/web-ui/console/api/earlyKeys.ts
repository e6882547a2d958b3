/** Keys that were pressed while the page that they are for is still on its way. */
let held: Array<KeyboardEvent> | undefined
let since = 0

const mostHeld = 30
/** A page that takes longer has failed, or nobody remembers what he typed. */
const longestMs = 10_000

const isField = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, select, dialog") !== null

/** What does something in the console alone: letters, the palette, and the Enter behind them. */
const isOurs = ({ altKey, ctrlKey, key, metaKey }: KeyboardEvent): boolean =>
  ctrlKey || metaKey ? key === "k" : !altKey && (key.length === 1 || (key === "Enter" && (held?.length ?? 0) > 0))

addEventListener("keydown", (event) => {
  if (held === undefined) return
  if (performance.now() - since > longestMs) return dropKeys()
  if (isField(event.target) || event.isComposing || held.length >= mostHeld || !isOurs(event)) return
  held.push(event)
  event.preventDefault()
  event.stopImmediatePropagation()
}, { capture: true })

/** Keeps keys until there is a page for them. */
export const holdKeys = (): void => {
  held ??= []
  since = performance.now()
}

/** There will be no page: somebody has to log in first. */
export const dropKeys = (): void => {
  held = undefined
}

/** A page is there: it is given what was pressed, in order. */
export const releaseKeys = (): void => {
  if (held === undefined) return
  const keys = held
  held = undefined
  if (keys.length > 0) setTimeout(() => keys.forEach(press))
}

/** As if it were pressed now. What a key writes into a field does not come by itself with a made event. */
const press = ({ ctrlKey, key, metaKey, shiftKey }: KeyboardEvent): void => {
  const target = document.activeElement ?? document.body
  const event = new KeyboardEvent("keydown", { key, ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true })
  if (!target.dispatchEvent(event) || !(target instanceof HTMLInputElement)) return
  if (key === "Enter") target.form?.requestSubmit()
  else if (key.length === 1 && !ctrlKey && !metaKey) document.execCommand("insertText", false, key)
}
