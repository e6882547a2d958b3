import { type Objective, objectives } from "../../src/domain/Objective.ts"
import { burnLimits, ratioOf } from "../../src/logic/objectiveQueries.ts"
import { type Alert, unlessCause } from "./Alert.ts"

/** Who is told, after how many seconds; so long a known cause is kept in mind: the short window, and a little. */
const tellings = [
  { severity: "page", forSeconds: 120, excused: "15m" },
  { severity: "page", forSeconds: 900, excused: "40m" },
  { severity: "ticket", forSeconds: 3_600, excused: "7h" }
] as const

type Limit = (typeof burnLimits)[number]
type Telling = (typeof tellings)[number]

/** What pages by itself and spends budgets too. */
const causes = [
  "MuttRedisDown",
  "MuttPostgresDown",
  "MuttRedisDisk",
  "MuttPostgresDisk",
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
const severityOf = (name: Objective["name"], { severity }: Telling) => name === "settings" ? "ticket" : severity

const budgetAlert = (
  { name, target, title }: Objective,
  { rate, windows: [long, short] }: Limit,
  telling: Telling
): Alert => {
  const most = Number((rate * (1 - target)).toPrecision(6))
  const page = severityOf(name, telling) === "page"
  return {
    name: `Mutt${title}Budget`,
    expr: `${ratioOf(name, long)} > ${most}\nand on () ${ratioOf(name, short)} > ${most}${
      page ? `\n${unlessCause(causes, telling.excused)}` : ""
    }`,
    forSeconds: telling.forSeconds,
    severity: severityOf(name, telling),
    labels: { objective: name, burn: String(rate) },
    summary: `{{ $value | humanizePercentage }} of ${name} was bad in ${long}; ${
      Number(((1 - target) * 100).toPrecision(3))
    } % may be`,
    means: `the budget of the objective \`${name}\` is spent ${rate} times too fast`,
    toDo: where[name]
  }
}

export const budgetAlerts: ReadonlyArray<Alert> = objectives.flatMap((objective) =>
  burnLimits.map((limit, index) => budgetAlert(objective, limit, tellings[index] ?? tellings[2]))
)
