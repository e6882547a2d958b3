import { PlainText } from "./PlainText.tsx"

/** A value of the record as it is written in JSON; a text without its quotes. */
export const Value = ({ of }: { readonly of: unknown }) => <PlainText>{valueText(of)}</PlainText>

export const valueText = (value: unknown): string => {
  if (typeof value === "string") return value === "" ? "(empty)" : value
  return value === null || value === undefined ? "–" : JSON.stringify(value)
}
