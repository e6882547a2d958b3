import type { RotationEntry } from "../../../../../src/domain/Rotation.ts"
import { Matrix } from "../../parts/Matrix.tsx"
import { State } from "../../parts/Severity.tsx"
import { Time } from "../../parts/Time.tsx"
import { stepVerbs } from "./words.ts"

const tones = { intent: "plain", done: "well", failed: "err" } as const
const phases = { intent: "begun", done: "done", failed: "failed" } as const

/** What was written down before and after each step of the newest rotation, the newest first. */
export const Journal = ({ entries }: { readonly entries: ReadonlyArray<RotationEntry> }) => (
  <Matrix
    caption="Journal of the newest rotation"
    of="When"
    nameOf={({ at }) => <Time at={at} />}
    keyOf={({ seq }) => String(seq)}
    rows={entries.toReversed()}
    empty="Nothing is written yet."
    toneOf={({ forced, phase }) => phase === "failed" ? "wrong" : forced === null ? undefined : "waiting"}
    columns={[
      { key: "step", title: "Step", cell: ({ step }) => stepVerbs[step] },
      { key: "phase", title: "Outcome", cell: ({ phase }) => <State of={phases[phase]} tone={tones[phase]} /> },
      { key: "state", title: "Then", cell: ({ state }) => state },
      { key: "by", title: "By", cell: ({ by }) => by },
      { key: "why", title: "Reason", cell: ({ reason }) => reason ?? "–" },
      {
        key: "detail",
        title: "Detail",
        cell: ({ detail, forced }) =>
          [detail, ...(forced ?? []).map((block) => `passed by force: ${block.who} ${block.detail}`)]
            .filter((text) => text !== "").join(" · ") || "–"
      }
    ]}
  />
)
