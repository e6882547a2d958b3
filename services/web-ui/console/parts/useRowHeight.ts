import { useEffect, useState } from "react"
import { useKept } from "../api/kept.ts"

/** Pixels that a row takes, as the density of the page has it. */
export const rowHeight = (): number =>
  Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row"), 10) || 36

/** The same, drawn again when somebody chooses another density. */
export const useRowHeight = (): number => {
  const [density] = useKept("density", "comfortable")
  const [height, setHeight] = useState(rowHeight)
  useEffect(() => setHeight(rowHeight()), [density])
  return height
}
