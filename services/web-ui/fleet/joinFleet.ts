import { DateTime } from "effect"
import type { InstanceState } from "../../../layers/config/ConfigRollout.ts"
import type { ProcessInstance } from "../../../layers/instances/processTopic.ts"
import type { SecretInstance } from "../../../layers/instances/SecretInstances.ts"
import type { RulesInstance } from "../../../layers/rules/rulesTopic.ts"
import type { Fleet, FleetProcess } from "../../../src/api/web-ui/Fleet.ts"
import type { ProgramStatus } from "../../../src/api/web-ui/Overview.ts"
import type { Program } from "../../../src/domain/Settings.ts"

/** What the registry holds of all processes. */
export interface FleetReports {
  /** Epoch milliseconds of the registry's clock. */
  readonly now: number
  readonly processes: ReadonlyArray<ProcessInstance>
  readonly settings: ReadonlyArray<InstanceState>
  readonly rules: ReadonlyArray<RulesInstance>
  readonly secrets: ReadonlyArray<SecretInstance>
}

/** What the addresses answered, and when they were asked. */
export interface AskedAddresses {
  readonly at: number
  readonly programs: ReadonlyArray<ProgramStatus>
}

interface Origin {
  readonly program: Program
  readonly instance: string
}

const idOf = ({ instance, program }: Origin): string => `${program}/${instance}`
const time = (ms: number): string => DateTime.formatIso(DateTime.makeUnsafe(ms))

/** Joins what each process reports under its name, and whom the addresses reach that reports nothing. */
export const joinFleet = (
  { now, processes, rules, secrets, settings }: FleetReports,
  asked: AskedAddresses,
  reportsUnavailable: string | null
): Fleet => {
  const byId = <R extends Origin>(reports: ReadonlyArray<R>) => new Map(reports.map((one) => [idOf(one), one] as const))
  const [own, ruled, held, set] = [byId(processes), byId(rules), byId(secrets), byId(settings)]
  const answers = asked.programs.filter(isAnswer)
  const answered = byId(answers)
  const origins = byId<Origin>([...processes, ...rules, ...secrets, ...settings, ...answers])

  const processOf = ({ instance, program }: Origin, id: string): FleetProcess => {
    const process = own.get(id)
    const [answer, config, rule, secret] = [answered.get(id), set.get(id), ruled.get(id), held.get(id)]
    const seen = [process, config, rule, secret].flatMap((report) => report === undefined ? [] : [report.seen])
    return {
      program,
      instance,
      version: process?.version ?? answer?.version ?? null,
      build: process?.build ?? null,
      runtime: process?.runtime ?? null,
      started_at: process?.started_at ?? null,
      url: process?.url ?? answer?.url ?? null,
      state: process?.state ?? answer?.state ?? null,
      checks: process?.checks ?? answer?.checks ?? {},
      checked_at: process !== undefined ? time(process.seen) : answer !== undefined ? time(asked.at) : null,
      settings: config === undefined
        ? null
        : { epoch: config.epoch, version: config.version, ok: config.ok, reason: config.reason },
      rules: rule === undefined ? null : { version: rule.version, ok: rule.ok, reason: rule.reason },
      silences_version: process?.silences_version ?? null,
      secrets_stale: secret?.stale ?? null,
      memory_bytes: process?.memory_bytes ?? null,
      events_per_second: process?.events_per_second ?? null,
      last_seen: time(seen.length === 0 ? asked.at : Math.max(...seen))
    }
  }

  return {
    as_of: time(now),
    reports_unavailable: reportsUnavailable,
    processes: [...origins].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([id, origin]) => processOf(origin, id)),
    addresses: asked.programs.flatMap(({ program, state, url }) => state === "unreachable" ? [{ program, url }] : [])
  }
}

type Answer = ProgramStatus & Origin & { readonly state: Exclude<ProgramStatus["state"], "unreachable"> }

const isAnswer = (status: ProgramStatus): status is Answer => status.state !== "unreachable" && status.instance !== null
