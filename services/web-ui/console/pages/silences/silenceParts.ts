import type { SilenceInput } from "../../../../../src/silence/Silence.ts"
import { scheduleWords } from "../../../../../src/silence/silenceWords.ts"

/** What a silence says, side by side; `null` is what it does not say. */
export interface SilenceParts {
  readonly hosts: ReadonlyArray<string> | null
  readonly rules: ReadonlyArray<string> | null
  readonly teams: ReadonlyArray<string> | null
  readonly environment: NonNullable<SilenceInput["match"]["environment"]> | null
  readonly severity_from: NonNullable<SilenceInput["match"]["severity_from"]> | null
  readonly message: NonNullable<SilenceInput["match"]["message"]> | null
  readonly everything: true | null
  readonly starts_at: string | null
  readonly ends_at: string | null
  readonly schedule: NonNullable<SilenceInput["schedule"]> | null
  readonly comment: string
  readonly catch_up: boolean
}

export const partsOf = ({ catch_up, comment, ends_at, match, schedule, starts_at }: SilenceInput): SilenceParts => ({
  hosts: match.hosts ?? null,
  rules: match.rules ?? null,
  teams: match.teams ?? null,
  environment: match.environment ?? null,
  severity_from: match.severity_from ?? null,
  message: match.message ?? null,
  everything: match.everything ?? null,
  starts_at: starts_at ?? null,
  ends_at: ends_at ?? null,
  schedule: schedule ?? null,
  comment,
  catch_up: catch_up ?? true
})

/** What the API takes, of these parts. */
export const inputOf = (parts: SilenceParts): SilenceInput => ({
  match: {
    ...(parts.hosts === null ? {} : { hosts: parts.hosts }),
    ...(parts.rules === null ? {} : { rules: parts.rules }),
    ...(parts.teams === null ? {} : { teams: parts.teams }),
    ...(parts.environment === null ? {} : { environment: parts.environment }),
    ...(parts.severity_from === null ? {} : { severity_from: parts.severity_from }),
    ...(parts.message === null ? {} : { message: parts.message }),
    ...(parts.everything === null ? {} : { everything: parts.everything })
  },
  ...(parts.starts_at === null ? {} : { starts_at: parts.starts_at }),
  ...(parts.ends_at === null ? {} : { ends_at: parts.ends_at }),
  ...(parts.schedule === null ? {} : { schedule: parts.schedule }),
  comment: parts.comment,
  catch_up: parts.catch_up
})

export const partNames: Readonly<Record<keyof SilenceParts, string>> = {
  hosts: "Hosts",
  rules: "Rules",
  teams: "Teams",
  environment: "Environment",
  severity_from: "Severity from",
  message: "Message",
  everything: "Everything",
  starts_at: "From",
  ends_at: "Until",
  schedule: "Recurs",
  comment: "Why",
  catch_up: "Told at the end"
}

/** One part in words. */
export const partWords = (parts: SilenceParts, key: keyof SilenceParts): string => {
  if (key === "schedule") return parts.schedule === null ? "not" : scheduleWords(parts.schedule)
  if (key === "message") {
    const { contains, regex } = parts.message ?? {}
    return regex === undefined ? contains ?? "any" : `/${regex}/`
  }
  const value = parts[key]
  if (value === null) return key === "starts_at" ? "when it was made" : "not said"
  if (typeof value === "boolean") return value ? "yes" : "no"
  return Array.isArray(value) ? value.join(", ") : String(value)
}
