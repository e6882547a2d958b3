import type { ReactNode } from "react"
import "./Severity.css"

const glyphs = { well: "✓", warning: "◆", err: "▲" } as const

/** Words that stand out by glyph and fill: well, to be watched, or wrong. */
export const Mark = ({ children, tone }: { readonly tone: keyof typeof glyphs; readonly children: ReactNode }) => (
  <span className={`severity ${tone}`}>
    <span aria-hidden="true">{glyphs[tone]}</span> {children}
  </span>
)
