import { type Objective, objectives } from "../../src/domain/Objective.ts"
import { type Alert, unlessCause } from "./Alert.ts"
import { ratioOf, type Window } from "./recordingRules.ts"

interface Burn {
  readonly rate: number
  readonly windows: readonly [long: Window, short: Window]
  readonly severity: "page" | "ticket"
  readonly forSeconds: number
  /** So long a known cause is kept in mind: the short window, and a little. */
  readonly excused: string
}

/** How fast a budget may go before somebody is told. 1 spends that of 30 days in 30 days. */
export const burns: ReadonlyArray<Burn> = [
  { rate: 14.4, windows: ["1h", "5m"], severity: "page", forSeconds: 120, excused: "15m" },
  { rate: 6, windows: ["6h", "30m"], severity: "page", forSeconds: 900, excused: "40m" },
  { rate: 1, windows: ["3d", "6h"], severity: "ticket", forSeconds: 3_600, excused: "7h" }
]

/** What pages by itself and spends budgets too. */
const causes = [
  "MuttRedisDown",
  "MuttPostgresDown",
  "MuttProgramDown",
  "MuttNotReady",
  "MuttDurabilityBroken",
  "MuttEventsOld",
  "MuttBreakerOpen",
  "MuttPlatformKeyRefused",
  "MuttAlertsDead"
]

const where: Readonly<Record<Objective["name"], string>> = {
  intake: "mutt_ingest_requests_total says by reason what was refused; the check queue of /readyz why.",
  decided: "See mutt_alerter_events_waiting, and how long PostgreSQL takes to store a batch.",
  delivered: "See mutt_moog_queue_depth, moog_rate_limit, and how long the platform takes to answer.",
  settings: "mutt config instances names the processes that were late."
}

/** There are few changes, so that a single late one is a high rate: no reason to wake anybody. */
const severityOf = (name: Objective["name"], burn: Burn) => name === "settings" ? "ticket" : burn.severity

const budgetAlert = ({ name, target, title }: Objective, burn: Burn): Alert => {
  const [long, short] = burn.windows
  const most = Number((burn.rate * (1 - target)).toPrecision(6))
  const page = severityOf(name, burn) === "page"
  return {
    name: `Mutt${title}Budget`,
    expr: `${ratioOf(name, long)} > ${most}\nand on () ${ratioOf(name, short)} > ${most}${
      page ? `\n${unlessCause(causes, burn.excused)}` : ""
    }`,
    forSeconds: burn.forSeconds,
    severity: severityOf(name, burn),
    labels: { objective: name, burn: String(burn.rate) },
    summary: `{{ $value | humanizePercentage }} of ${name} was bad in ${long}; ${
      Number(((1 - target) * 100).toPrecision(3))
    } % may be`,
    means: `the budget of the objective \`${name}\` is spent ${burn.rate} times too fast`,
    toDo: where[name]
  }
}

export const budgetAlerts: ReadonlyArray<Alert> = objectives.flatMap((objective) =>
  burns.map((burn) => budgetAlert(objective, burn))
)
