import { Redacted } from "effect"
import type { Slots } from "../../../src/domain/Rotation.ts"

type Values = ReadonlyMap<string, Redacted.Redacted>

export const same = (a: Redacted.Redacted, b: Redacted.Redacted): boolean => Redacted.value(a) === Redacted.value(b)

/** Reads the values of a secret; `undefined` without a CURRENT. The plain name of older set-ups stands for it. */
export const slotsIn = (values: Values, name: string): Slots<Redacted.Redacted> | undefined => {
  const filled = (key: string) => {
    const value = values.get(key)
    return value === undefined || Redacted.value(value) === "" ? undefined : value
  }
  const current = filled(`${name}_CURRENT`) ?? filled(name)
  return current === undefined
    ? undefined
    : { current, next: filled(`${name}_NEXT`), previous: filled(`${name}_PREVIOUS`) }
}

/** Puts values of one secret into the store; all else stays. The plain name, where it is used, gets CURRENT. */
export const withSlots = (values: Values, name: string, slots: Slots<Redacted.Redacted>): Values => {
  const after = new Map(values)
  after.set(`${name}_CURRENT`, slots.current)
  if (values.has(name)) after.set(name, slots.current)
  // The layout of the store stays, so that it can be seen where a NEXT goes.
  if (slots.next !== undefined || values.has(`${name}_NEXT`)) after.set(`${name}_NEXT`, slots.next ?? Redacted.make(""))
  after.delete(`${name}_PREVIOUS`)
  if (slots.previous !== undefined) after.set(`${name}_PREVIOUS`, slots.previous)
  return after
}
