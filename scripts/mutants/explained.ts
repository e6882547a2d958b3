/** A mutant that no test can kill, since it changes nothing that is promised. */
interface Explained {
  readonly file: string
  /** The line it changes, without its indentation. */
  readonly at: string
  readonly before: string
  readonly after: string
  readonly why: string
}

const budget = "src/decode/Budget.ts"
const sooner = "The estimate only says from when on bytes are counted: sooner comes to the same."

const retentionFloor = "layers/postgres/migrations/0010_retention_floor.ts"
const exactly = "The limit is a time to the microsecond, at which nothing is."

export const explained: ReadonlyArray<Explained> = [
  { file: budget, at: "#made = 0", before: "0", after: "1", why: sooner },
  { file: budget, at: "#counting = false", before: "false", after: "true", why: sooner },
  { file: budget, at: "if (!this.#counting) {", before: "!this.#counting", after: "this.#counting", why: sooner },
  ...[["3", "4"], ["-", "+"]].map(([before = "", after = ""]) => ({
    file: budget,
    at: "const most = this.#made + 3 * text.length - budgetLimits.free",
    before,
    after,
    why: sooner
  })),
  { file: budget, at: "if (most <= this.#allowed) {", before: "<=", after: "<", why: sooner },
  {
    file: budget,
    at: "this.#uncounted = undefined",
    before: "this.#uncounted = undefined",
    after: ";",
    why: "It lets go of memory."
  },
  {
    file: budget,
    at: "return text.length <= budgetLimits.free || this.#charge(text)",
    before: "<=",
    after: "<",
    why: "A text of just this length is charged nothing."
  },
  {
    file: budget,
    at: "for (let i = 0; i < text.length; i++) {",
    before: "<",
    after: "<=",
    why: "Beyond the end there is no code, and it is above nothing."
  },
  {
    file: "layers/queue/lua/claim.lua",
    at: "local since = tonumber(redis.call(\"HGET\", breaker, \"since\") or nil) or 0",
    before: "0",
    after: "1",
    why: "An open breaker has its time; without one it opened long ago, whatever the millisecond."
  },
  {
    file: "layers/audit/eventAuditFailed.ts",
    at: "new EventAuditFailed({ reason: \"unavailable\", detail: error.message.slice(0, 500) }),",
    before: "500",
    after: "1000",
    why: "How much of the words is logged is no promise."
  },
  {
    file: "layers/queue/lua/append.lua",
    at: "redis.call(\"HINCRBY\", rates, \"d:\" .. day, accepted)",
    before: "redis.call(\"HINCRBY\", rates, \"d:\" .. day, accepted)",
    after: "",
    why: "Days are kept for who looks into Redis; nothing of ours reads them."
  },
  {
    file: retentionFloor,
    at: "WHERE inhparent = 'event_audit_log'::regclass AND month_end <= cutoff",
    before: "<=",
    after: "<",
    why: exactly
  },
  {
    file: retentionFloor,
    at: "SELECT ctid FROM event_audit_log_default WHERE recorded_at < cutoff LIMIT batch));",
    before: "<",
    after: "<=",
    why: exactly
  },
  {
    file: retentionFloor,
    at: "IF events < 0 THEN",
    before: "<",
    after: "<=",
    why: "What the planner takes for empty is counted, and is."
  },
  {
    file: "layers/audit/EventAuditPostgres.ts",
    at: "FROM sized WHERE before < ${maxBytes}::text::bigint ORDER BY at DESC, key DESC`,",
    before: "<",
    after: "<=",
    why: "One row more is read, and the page is cut to its bytes after that."
  },
  {
    file: "layers/queue/lua/acknowledge.lua",
    at: "local groups, inParts = {}, redis.call(\"HLEN\", parts) > 0",
    before: ">",
    after: ">=",
    why: "It saves a look at each entry, and decides nothing."
  },
  {
    file: "layers/queue/lua/acknowledge.lua",
    at:
      "local ended = redis.call(\"ZRANGE\", unhandledExpiry, \"-inf\", now, \"BYSCORE\", \"LIMIT\", 0, 100 + 2 * counts.u)",
    before: "2",
    after: "3",
    why: "How fast what has ended goes is promised nowhere."
  },
  {
    file: "layers/queue/lua/alertOrdering.lua",
    at: "redis.call(\"UNLINK\", alertsEarlier)",
    before: "redis.call(\"UNLINK\", alertsEarlier)",
    after: "",
    why: "RENAME replaces it; without this it is freed in the foreground."
  },
  ...[["local due = redis.call(\"PTTL\", misread) <= keepMs", "<=", "<"], ["if excess > 0 or due then", ">", ">="]].map(
    (
      [at = "", before = "", after = ""]
    ) => ({
      file: "layers/queue/lua/addMisread.lua",
      at,
      before,
      after,
      why: "It only sweeps what is too old a little sooner or later."
    })
  ),
  ...[["0.01", "1.01"], ["0.1", "1.1"], ["1", "2"], ["10", "11"], ["60", "61"]].map((
    [before = "", after = ""]
  ) => ({
    file: "layers/postgres/retention.ts",
    at: "boundaries: [0.01, 0.1, 1, 10, 60, 600]",
    before,
    after,
    why: "How fine a histogram tells times is promised nowhere."
  }))
]
