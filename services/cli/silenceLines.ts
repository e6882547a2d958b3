import type { SilencePreview } from "../../src/api/web-ui/SilencePreviews.ts"
import type { SilenceCreated, SilenceDetail, SilenceWritten } from "../../src/api/web-ui/Silences.ts"
import type { SilenceOccurrenceView, SilenceView } from "../../src/api/web-ui/SilenceView.ts"
import { counted } from "../../src/rulefile/words.ts"
import { matchWords } from "../../src/silence/silenceWords.ts"
import { shown, table } from "./output.ts"

/** Samples that are shown to people; JSON has all. */
const samples = 5

export const silenceRows = (silences: ReadonlyArray<SilenceView>): ReadonlyArray<string> =>
  table(
    ["silence", "state", "until", "matches", "hits", "author", "comment"],
    silences.map((silence) => [
      String(silence.id),
      silence.state,
      silence.ends === "never" ? `never, this time ${silence.until ?? ""}` : silence.until ?? "",
      matchWords(silence.match),
      String(silence.hits),
      silence.created_by,
      silence.comment
    ])
  )

export const nextLines = (next: ReadonlyArray<SilenceOccurrenceView>): ReadonlyArray<string> =>
  next.length === 0 ? ["It never holds anything back."] : table(
    ["next", "from (UTC)", "until (UTC)", ""],
    next.map(({ from, local, minutes, unusual, until, usual_minutes, zone }) => [
      local === null ? "" : `${local} ${zone}`,
      from,
      until,
      unusual ? `${minutes} minutes, usually ${usual_minutes}: clocks change` : ""
    ])
  )

export const detailLines = (silence: SilenceDetail): ReadonlyArray<string> => [
  `Silence ${silence.id}, revision ${silence.revision}, ${silence.state}: ${matchWords(silence.match)}`,
  `By ${silence.created_by} at ${silence.created_at}: ${silence.comment}`,
  `Held back ${counted(silence.hits, "event")}${
    silence.last_hit_at === null ? "" : `, last at ${silence.last_hit_at}`
  }.`,
  "",
  ...(silence.state === "ended" ? [] : [...nextLines(silence.next), ""]),
  ...table(
    ["revision", "when", "who", "why"],
    silence.revisions.map(({ changed_at, changed_by, reason, revision }) => [
      String(revision),
      changed_at,
      changed_by ?? "",
      reason ?? ""
    ])
  )
]

const heldText = (preview: SilencePreview): string =>
  `From ${preview.from} to ${preview.to} it would have held back ${counted(preview.events, "event")}: ` +
  `${counted(preview.alerts, "alert")}, ${counted(preview.pages, "page")}` +
  `${preview.in_windows === null ? "." : `; ${preview.in_windows.toLocaleString("en")} within its windows.`}`

const overlapLines = (preview: SilencePreview): ReadonlyArray<string> =>
  preview.overlaps.length === 0 ? [] : [
    "",
    "It may cover the same events as:",
    ...preview.overlaps.map(({ comment, created_by, id, state }) =>
      `  silence ${id} (${state}, ${created_by}): ${comment}`
    )
  ]

/** Times that are shown of a silence that was just made. */
const timesMade = 3

export const createdLines = ({ id, next, no_preview, preview }: SilenceCreated): ReadonlyArray<string> => [
  `Silence ${id} is made.`,
  ...(preview === null ? [`What it would have held back is not known: ${no_preview ?? ""}`] : [
    heldText(preview),
    ...(preview.stopped === null ? [] : preview.could_not_know),
    ...overlapLines(preview)
  ]),
  "",
  ...nextLines(next.slice(0, timesMade))
]

export const changedLines = ({ id, next, silence }: SilenceWritten): ReadonlyArray<string> => [
  `Silence ${id} is changed, revision ${silence.revision}: ${matchWords(silence.match)}`,
  "",
  ...nextLines(next.slice(0, timesMade))
]

export const previewLines = (preview: SilencePreview): ReadonlyArray<string> => [
  heldText(preview),
  ...(preview.events === 0 ? [] : [
    "",
    ...table(
      ["rule", "events", "alerts", "pages"],
      preview.rules.map(({ alerts, events, pages, rule }) => [
        rule ?? "(none)",
        String(events),
        String(alerts),
        String(pages)
      ])
    ),
    "",
    ...table(
      ["severity", "events", "alerts", "pages"],
      preview.severities.map(({ alerts, events, pages, severity }) => [
        severity === null ? "(none)" : String(severity),
        String(events),
        String(alerts),
        String(pages)
      ])
    ),
    "",
    ...preview.samples.slice(0, samples).map(({ hostname, message }) => `${hostname}: ${shown(message)}`)
  ]),
  "",
  ...nextLines(preview.next),
  ...overlapLines(preview),
  "",
  ...preview.could_not_know
]
