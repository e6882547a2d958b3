import { type Alert, anyJob, jobs, unlessCause } from "./Alert.ts"

const gone = Object.values(jobs).map((job) => `absent(up{job="${job}"})`).join("\nor ")
const servers = ["MuttRedisDown", "MuttPostgresDown", "MuttRedisDisk", "MuttPostgresDisk"]

/** Of the programs and of what they stand on. */
export const serverAlerts: ReadonlyArray<Alert> = [
  {
    name: "MuttProgramDown",
    expr: `sum by (job) (up{${anyJob}}) == 0\nor ${gone}`,
    forSeconds: 60,
    severity: "page",
    summary: "No {{ $labels.job }} answers",
    means: "no process of one of the four programs answers Prometheus",
    toDo: "Start it, or see why it hangs. What was accepted is safe; without an ingestor senders wait."
  },
  {
    name: "MuttReplicaDown",
    expr: `up{${anyJob}} == 0\nunless on (job) sum by (job) (up{${anyJob}}) == 0`,
    forSeconds: 300,
    severity: "ticket",
    summary: "{{ $labels.instance }} of {{ $labels.job }} does not answer; others do",
    means: "one process of a program does not answer, others of it do",
    toDo: "Start it again, or take it out of Prometheus if it is not wanted any more."
  },
  {
    name: "MuttNotReady",
    expr: `max by (job) (mutt_ready{${anyJob}}) == 0
unless on (job) max by (job) (mutt_check_state{check=~"redis|postgres|durability"}) == 2
${unlessCause(servers)}`,
    forSeconds: 120,
    severity: "page",
    summary: "No {{ $labels.job }} is ready",
    means: "every process of a program runs and none can do its job, for a reason that has no alert of its own",
    toDo: "Ask its /readyz: the check that is down says in words what it wants."
  },
  {
    name: "MuttLoopRestarts",
    // A loop has no series before its first restart, so that no rate sees that one.
    expr: `sum by (job, loop) (
  (mutt_loop_restarts_total unless mutt_loop_restarts_total offset 15m) and on (job, instance) (up offset 15m == 1)
  or increase(mutt_loop_restarts_total[15m])
) > 0
${unlessCause(servers, "20m")}`,
    forSeconds: 0,
    severity: "ticket",
    summary: "{{ $labels.job }} started its loop {{ $labels.loop }} again",
    means: "a background loop of a program broke and was started again",
    toDo: "Look for its name in the log of that program: the line before has the error."
  },
  {
    name: "MuttRedisDown",
    expr: "max(mutt_check_state{check=\"redis\"}) == 2",
    forSeconds: 60,
    severity: "page",
    summary: "A program cannot work with Redis",
    means: "Redis does not answer a program, or not with what it needs; nothing is accepted meanwhile",
    toDo: "See whether Redis runs and can be reached. Senders keep what they have; MUTT goes on by itself."
  },
  {
    name: "MuttPostgresDown",
    expr: "max(mutt_check_state{check=\"postgres\"}) == 2",
    forSeconds: 60,
    severity: "page",
    summary: "A program cannot work with PostgreSQL",
    means: "PostgreSQL does not answer a program; events are accepted and wait in Redis",
    toDo: "See whether PostgreSQL runs and takes connections. Until then the queue grows; MUTT goes on by itself."
  },
  {
    name: "MuttDurabilityBroken",
    expr: `max(mutt_redis_durability_problems) > 0\nand on () max(mutt_check_state{check="durability"}) == 2
${unlessCause(["MuttRedisDown", "MuttRedisDisk"])}`,
    forSeconds: 120,
    severity: "page",
    summary: "A node of Redis may lose accepted events ({{ $value }} problems)",
    means: "a node of Redis may lose what was answered 2xx, and the ingestor is not ready for it",
    toDo: "The check durability of the ingestor's /readyz says which node and what to set."
  },
  {
    name: "MuttRedisPersistence",
    expr: `max(mutt_check_state{check="durability"}) == 1\n${unlessCause(["MuttRedisDown", "MuttRedisDisk"])}`,
    forSeconds: 600,
    severity: "ticket",
    summary: "Redis keeps less than it should",
    means: "a node of Redis writes its file late (`everysec`), cannot be asked, or is only warned about",
    toDo: "The check durability of /readyz says which node and what to set."
  },
  {
    name: "MuttRedisMemory",
    expr: "max by (node) (mutt_redis_memory_used_ratio) > 0.9",
    forSeconds: 300,
    severity: "page",
    summary: "Redis {{ $labels.node }} uses {{ $value | humanizePercentage }} of its memory",
    means: "Redis is nearly full; full, it refuses writes and nothing is accepted",
    toDo: "See what waits in the queue and why, or give Redis more memory."
  },
  {
    name: "MuttRedisDisk",
    expr: "max by (node, what) (mutt_redis_disk_failing) == 1",
    forSeconds: 60,
    severity: "page",
    summary: "Redis {{ $labels.node }} cannot write its file ({{ $labels.what }})",
    means: "Redis failed to write its append-only file or a snapshot, mostly for a full disk",
    toDo: "Make room on its disk; it goes on by itself."
  },
  {
    name: "MuttPostgresDisk",
    expr: "sum(increase(mutt_postgres_disk_full_total[10m])) > 0",
    forSeconds: 0,
    severity: "page",
    summary: "PostgreSQL's disk is full",
    means: "PostgreSQL refused statements as its disk is full; events wait in Redis",
    toDo: "Make room on its disk. In PostgreSQL the record is the largest: see event_retention_days."
  },
  {
    name: "MuttRecordOnOneServer",
    expr: `max(mutt_check_state{check="record"}) == 1\n${unlessCause(["MuttPostgresDown", "MuttPostgresDisk"])}`,
    forSeconds: 300,
    severity: "ticket",
    summary: "A failover of PostgreSQL would lose rows",
    means: "rows of the record are on fewer standbys than `DB_SYNC_STANDBYS` asks for, or these do not confirm",
    toDo: "The check record of the alerter's /readyz says which. Events wait in Redis while a standby does not confirm."
  },
  {
    name: "MuttDiskFilling",
    expr: `min by (instance, mountpoint) (node_filesystem_avail_bytes{fstype!~"tmpfs|overlay|squashfs"}
  / node_filesystem_size_bytes) < 0.1`,
    forSeconds: 300,
    severity: "page",
    summary: "{{ $value | humanizePercentage }} left on {{ $labels.mountpoint }} of {{ $labels.instance }}",
    means: "a disk of the machines of Redis or PostgreSQL is nearly full (needs node_exporter there)",
    toDo: "Make room. In PostgreSQL the record is the largest: event_retention_days says how long it is kept."
  },
  {
    name: "MuttVaultTokenAging",
    expr: "mutt_vault_token_ttl_seconds < 0.3 * mutt_vault_token_life_seconds",
    forSeconds: 60,
    severity: "ticket",
    summary: "The Vault token of {{ $labels.job }} has {{ $value | humanizeDuration }} left and is not renewed",
    means: "the token for Vault should have been renewed at two thirds of its life and was not",
    toDo: "See whether Vault answers and the role still may renew. The secrets in use stay in use."
  },
  {
    name: "MuttSecretsStale",
    expr: "max by (job) (mutt_secrets_stale) == 1",
    forSeconds: 900,
    severity: "ticket",
    summary: "{{ $labels.job }} cannot read the secret store",
    means: "the secret store cannot be read, or holds a value that cannot be used; what was read before is in use",
    toDo: "The check secrets of /readyz says why. A rotation has to wait for it."
  },
  {
    name: "MuttCertificateExpiring",
    expr:
      `min by (job, instance, listener, peer) (mutt_tls_certificate_expiry_timestamp_seconds) - time() < 14 * 86400`,
    forSeconds: 300,
    severity: "ticket",
    summary: "The certificate of {{ $labels.job }} {{ $labels.listener }}{{ $labels.peer }} ends in " +
      "{{ $value | humanizeDuration }}",
    means: "a certificate ends within 14 days",
    toDo: "Put the new certificate in its file: it is taken up without a restart."
  },
  {
    name: "MuttCertificateEnding",
    expr: `min by (job, instance, listener, peer) (mutt_tls_certificate_expiry_timestamp_seconds) - time() < 86400`,
    forSeconds: 300,
    severity: "page",
    summary: "The certificate of {{ $labels.job }} {{ $labels.listener }}{{ $labels.peer }} ends within a day",
    means: "a certificate ends within a day, or has ended: senders and programs will not connect",
    toDo: "Put the new certificate in its file now: it is taken up without a restart."
  }
]
