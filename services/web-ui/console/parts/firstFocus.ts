/**
 * As `ref` of a field: it gets the focus when it comes. The attribute is for a dialog, which gives the focus to its first
 * field unless one has it.
 */
export const firstFocus = (field: HTMLElement | null): void => {
  field?.setAttribute("autofocus", "")
  field?.focus()
}
