import { Effect } from "effect"
import { queueKeys } from "../../../layers/queue/keys.ts"
import { words } from "../conservation/Ledger.ts"
import type { World } from "./World.ts"

/** One way in which MUTT is broken, and the alert that must tell of it. */
export interface Way {
  readonly name: string
  readonly fires: string
  /** Seconds until MUTT looks by itself, where it looks seldom. */
  readonly looksAfter?: number
  /** Before anybody watches. */
  readonly prepare?: (world: World) => Effect.Effect<void>
  readonly break: (world: World) => Effect.Effect<void>
  readonly heal: (world: World) => Effect.Effect<void>
}

const keys = queueKeys("mutt:{ingest}")
const signal = (pid: number, name: "SIGSTOP" | "SIGCONT") => Effect.sync(() => void process.kill(pid, name))
const behaveAgain = ({ stack }: World) => stack.moog.behave({})
const hourOf = (back: number) => Math.floor(Date.now() / 3_600_000) - back

/** Three rows of two hours ago of which one is deleted; the web-ui compares when it starts. */
const deleteARow = ({ redis, sql, stack }: World) =>
  Effect.gen(function*() {
    const hour = hourOf(2)
    const at = new Date(hour * 3_600_000 + 60_000)
    yield* sql((sql) =>
      sql`INSERT INTO event_audit_log SELECT (jsonb_populate_record(e, jsonb_build_object('event_id', gen_random_uuid(),
        'event_timestamp', ${at}::timestamptz, 'received_at', ${at}::timestamptz))).*
        FROM event_audit_log e WHERE outcome = 'suppressed' LIMIT 3`
    )
    yield* redis("HSET", keys.settled, "since", String(hourOf(10)), `${hour} s`, "3")
    yield* sql((sql) =>
      sql`DELETE FROM event_audit_log WHERE event_id =
        (SELECT event_id FROM event_audit_log WHERE received_at = ${at} LIMIT 1)`
    )
    yield* stack.programs["web-ui"].stop
    yield* stack.programs["web-ui"].start
  })

export const ways: ReadonlyArray<Way> = [
  {
    name: "a program killed",
    fires: "MuttProgramDown",
    break: ({ stack }) => Effect.asVoid(stack.programs["moog-forwarder"].kill),
    heal: ({ stack }) => stack.programs["moog-forwarder"].start
  },
  {
    name: "the alerter frozen",
    fires: "MuttProgramDown",
    break: ({ stack }) => signal(stack.programs.alerter.pid(), "SIGSTOP"),
    heal: ({ stack }) => signal(stack.programs.alerter.pid(), "SIGCONT")
  },
  {
    name: "Redis stopped",
    fires: "MuttRedisDown",
    break: ({ stack }) => stack.redis.stop,
    heal: ({ stack }) => stack.redis.start
  },
  {
    name: "PostgreSQL stopped",
    fires: "MuttPostgresDown",
    break: ({ stack }) => stack.postgres.stop,
    heal: ({ stack }) => stack.postgres.start
  },
  {
    name: "the platform answers 500",
    fires: "MuttBreakerOpen",
    break: ({ stack }) => stack.moog.behave({ status: 500 }),
    heal: behaveAgain
  },
  {
    name: "the platform refuses the key",
    fires: "MuttPlatformKeyRefused",
    break: ({ stack }) => stack.moog.behave({ status: 401 }),
    heal: behaveAgain
  },
  {
    name: "the platform refuses an alert for good",
    fires: "MuttAlertsDead",
    break: ({ post, stack }) =>
      Effect.andThen(
        stack.moog.behave({ refuseContaining: "never taken" }),
        post(`${words.forwarded}, and never taken`)
      ),
    heal: behaveAgain
  },
  {
    name: "the books made to differ",
    fires: "MuttBooksOff",
    break: ({ redis }) => redis("HINCRBY", keys.books, "accepted", "1"),
    heal: ({ redis }) => redis("HINCRBY", keys.books, "accepted", "-1")
  },
  {
    name: "a row of the record deleted",
    fires: "MuttRecordOff",
    prepare: deleteARow,
    break: () => Effect.void,
    heal: ({ redis }) => redis("HSET", keys.settled, `${hourOf(2)} s`, "2")
  },
  {
    name: "a certificate that ends in ten days",
    fires: "MuttCertificateExpiring",
    break: ({ showCertificate }) => showCertificate(10),
    heal: ({ showCertificate }) => showCertificate(60)
  },
  {
    name: "persistence of Redis switched off",
    fires: "MuttDurabilityBroken",
    looksAfter: 60,
    break: ({ redis }) => redis("CONFIG", "SET", "appendonly", "no"),
    heal: ({ redis }) => redis("CONFIG", "SET", "appendonly", "yes")
  },
  {
    name: "a rotation left open",
    fires: "MuttRotationOpen",
    break: ({ asAdmin }) => asAdmin("POST", "/api/v1/rotation/DB_PASS/start", { reason: "to be left open" }),
    heal: ({ asAdmin }) => asAdmin("POST", "/api/v1/rotation/DB_PASS/rollback", { reason: "to be as before" })
  },
  {
    // The last, as there is no way back.
    name: "a link of the audit chain changed",
    fires: "MuttAuditChainBroken",
    looksAfter: 60,
    break: ({ sql }) =>
      sql((sql) =>
        Effect.andThen(
          sql`ALTER TABLE config_audit_log DISABLE TRIGGER ALL`,
          sql`UPDATE config_audit_log SET changed_by = 'nobody' WHERE id = (SELECT max(id) FROM config_audit_log)`
        )
      ),
    heal: () => Effect.void
  }
]
