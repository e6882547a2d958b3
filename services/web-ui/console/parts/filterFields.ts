/** What a list can be narrowed by. */
export interface FilterField<Key extends string = string> {
  /** Its name in the address. */
  readonly key: Key
  readonly title: string
  /** All values that there are; any text where absent. */
  readonly choices?: ReadonlyArray<{ readonly value: string; readonly title: string }>
  /** Any of several values, which the address has with commas between. */
  readonly several?: true
  readonly hint?: string
}

/** A value as people read it. */
export const titleOf = ({ choices, several }: FilterField, value: string): string => {
  const parts = several === true ? value.split(",") : [value]
  return parts.map((part) => choices?.find((choice) => choice.value === part)?.title ?? part).join(", ")
}

/** With this value too, where a field may have several. */
export const withValue = (field: FilterField, before: string | undefined, value: string): string => {
  if (field.several !== true || before === undefined) return value
  return [...new Set([...before.split(","), value])].sort().join(",")
}
