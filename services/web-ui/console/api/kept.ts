import { useSyncExternalStore } from "react"

/** What the browser keeps for this person: drafts and choices. Where nothing may be kept, it lasts as long as the page. */
const memory = new Map<string, string>()
const listeners = new Set<() => void>()
const prefix = "mutt."

const read = (name: string): string | undefined => {
  try {
    return localStorage.getItem(prefix + name) ?? memory.get(name)
  } catch {
    return memory.get(name)
  }
}

/** `undefined` forgets it. */
export const keep = (name: string, value: string | undefined): void => {
  if (value === undefined) memory.delete(name)
  else memory.set(name, value)
  try {
    if (value === undefined) localStorage.removeItem(prefix + name)
    else localStorage.setItem(prefix + name, value)
  } catch {
    // Full, or forbidden: the page has it.
  }
  for (const listener of listeners) listener()
}

export const kept = read

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  addEventListener("storage", listener)
  return () => {
    listeners.delete(listener)
    removeEventListener("storage", listener)
  }
}

/** A choice that outlives the page, the same in all tabs. */
export const useKept = (name: string, byDefault: string): readonly [string, (value: string) => void] => {
  const value = useSyncExternalStore(subscribe, () => read(name)) ?? byDefault
  return [value, (next) => keep(name, next === byDefault ? undefined : next)]
}
