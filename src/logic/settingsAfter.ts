/** Applies `changes` to what is `set`; `undefined` means the default again. */
export const settingsAfter = <A>(
  set: ReadonlyMap<string, A>,
  changes: ReadonlyMap<string, A | undefined>
): ReadonlyMap<string, A> => {
  const after = new Map(set)
  for (const [key, value] of changes) {
    if (value === undefined) after.delete(key)
    else after.set(key, value)
  }
  return after
}
