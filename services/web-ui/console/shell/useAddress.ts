import { useNavigate, useSearch } from "@tanstack/react-router"
import { Option, Schema } from "effect"
import { columnsIn } from "./listColumns.ts"

type Search = Schema.Codec<Readonly<Record<string, string | undefined>>, unknown>

/**
 * What the address says behind `?`, read by the page's schema, and a way to change it. A part that can't be read is as
 * if it were not there. `undefined` takes a part away. Each change is a step that "back" takes back, unless `replace`.
 */
export const useAddress = <S extends Search>(schema: S) => {
  const raw: unknown = useSearch({ strict: false })
  const navigate = useNavigate()
  const search: S["Type"] = Option.getOrElse(Schema.decodeUnknownOption(schema)(raw), () => ({}))
  const change = (parts: { readonly [K in keyof S["Type"]]?: S["Type"][K] | undefined }, { replace = false } = {}) =>
    void navigate({ to: ".", search: { cols: columnsIn(raw), ...search, ...parts }, replace })
  return [search, change] as const
}
