import type { RotationStatus } from "../../../../../src/domain/Rotation.ts"
import { Time } from "../../parts/Time.tsx"
import { type Stop, trackOf } from "./track.ts"
import { provedBy, stepVerbs } from "./words.ts"
import "./Track.css"

const glyphs: Readonly<Record<Stop["is"], readonly [glyph: string, word: string]>> = {
  done: ["✓", "done"],
  next: ["→", "next"],
  stuck: ["▲", "blocked"],
  ahead: ["○", ""]
}

/** The steps of a rotation, and what each proves. */
export const Track = ({ choose, chosen, status }: {
  readonly status: RotationStatus
  /** The step whose journal is shown. */
  readonly chosen: string | undefined
  readonly choose: (step: string | undefined) => void
}) => (
  <ol className="track" aria-label="Steps">
    {trackOf(status).map(({ entry, is, step }) => {
      const [glyph, word] = glyphs[is]
      return (
        <li
          key={step}
          className={`track-step ${is}`}
          aria-current={is === "next" || is === "stuck" ? "step" : undefined}
        >
          <h3>
            <span aria-hidden="true">{glyph}</span>
            <button
              type="button"
              className="quiet"
              aria-pressed={chosen === step}
              aria-label={`${stepVerbs[step]}: its entries of the journal alone`}
              title="Show its entries of the journal alone"
              onClick={() => choose(chosen === step ? undefined : step)}
            >
              {stepVerbs[step]}
            </button>
            <span className="track-word">{word}</span>
          </h3>
          <p>{provedBy(step, status.kind)}</p>
          {entry !== undefined && (
            <p className="quiet-text">
              {entry.phase === "failed" ? "Failed " : ""}
              <Time at={entry.at} ago /> by {entry.by}
            </p>
          )}
        </li>
      )
    })}
  </ol>
)
