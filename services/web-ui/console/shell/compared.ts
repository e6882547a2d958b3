/** Two versions beside each other, as an address says it: `3..7`. */
export const comparedIn = (text: string | undefined): readonly [from: number, to: number] | undefined => {
  const [, from, to] = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text ?? "") ?? []
  return from === undefined || to === undefined ? undefined : [Number(from), Number(to)]
}
