import { severityNames } from "../../../../src/domain/Severity.ts"
import "./Severity.css"

const glyphs = ["⬢", "⬢", "⬢", "▲", "◆", "○", "–", "·"] as const
const tones = ["crit", "crit", "crit", "err", "warning", "notice", "info", "debug"] as const

/** Glyph, word and fill: each tells it alone. */
export const Severity = ({ of }: { readonly of: number | null }) => {
  const name = of === null ? undefined : severityNames[of]
  if (of === null || name === undefined) return <span className="severity debug">not said</span>
  return (
    <span className={`severity ${tones[of] ?? "debug"}`}>
      <span aria-hidden="true">{glyphs[of]}</span> {name}
    </span>
  )
}

const outcomes: Readonly<Record<string, readonly [glyph: string, tone: string]>> = {
  forwarded: ["→", "plain"],
  delivered: ["✓", "well"],
  suppressed: ["⊘", "plain"],
  unmatched: ["?", "plain"],
  dead: ["✕", "err"],
  ready: ["✓", "well"],
  ok: ["✓", "well"],
  degraded: ["◆", "warning"],
  draining: ["◆", "warning"],
  down: ["▲", "err"],
  not_ready: ["▲", "err"],
  unreachable: ["▲", "err"]
}

/** How something ended, or how it is, as a word with its glyph. */
export const State = ({ of, tone }: { readonly of: string; readonly tone?: "well" | "warning" | "err" | "plain" }) => {
  const [glyph, usual] = outcomes[of] ?? ["•", "plain"]
  return (
    <span className={`severity ${tone ?? usual}`}>
      <span aria-hidden="true">{glyph}</span> {of.replaceAll("_", " ")}
    </span>
  )
}
