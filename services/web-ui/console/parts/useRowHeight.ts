import { useSyncExternalStore } from "react"

/** Pixels of a row, as the density of the page has it. */
export const rowHeight = (): number =>
  Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row"), 10) || 36

const subscribe = (listener: () => void) => {
  const watch = new MutationObserver(listener)
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-density", "data-wall"] })
  return () => watch.disconnect()
}

/** The same, and again when somebody chooses another density. */
export const useRowHeight = (): number => useSyncExternalStore(subscribe, rowHeight)
