import type { BooksView } from "../../src/api/web-ui/Overview.ts"
import type { StackDescription } from "./StackFile.ts"

const rows = (pairs: ReadonlyArray<readonly [name: string, ...columns: Array<string>]>) => {
  const widths = [0, 1].map((column) => Math.max(...pairs.map((pair) => pair[column]?.length ?? 0)))
  return pairs.map((pair) => `  ${pair.map((text, column) => text.padEnd(widths[column] ?? 0)).join("   ").trimEnd()}`)
    .join("\n")
}

/** What runs where. */
export const whereTable = (
  stack: StackDescription,
  versions: { readonly postgres: string; readonly redis: string }
) => {
  const programs = [
    ["ingestor", stack.ingestor, "events come in: POST /api/v2/ingest"],
    ["alerter", stack.alerter, "rules decide"],
    ["moog-forwarder", stack.moogForwarder, "alerts go out"],
    ["web-ui", stack.webUi, "page at /, API at /docs"]
  ] as const
  return rows([
    ...programs.flatMap(([name, instances, what]) =>
      instances.map(({ pid, url }) => [name, url, `${what}   (process ${pid})`] as const)
    ),
    [
      "syslog",
      `${stack.syslog.host}:${stack.syslog.udp}`,
      `UDP; TCP on ${stack.syslog.tcp}${stack.syslog.tls === undefined ? "" : `; TLS on ${stack.syslog.tls}`}`
    ],
    ...(stack.tls === undefined ? [] : [["authority", stack.tls.ca, "what certificates are checked against"] as const]),
    ["Moogsoft stand-in", stack.moog.url, "what was delivered: GET /events"],
    [versions.postgres, `${stack.postgres.host}:${stack.postgres.port}`, `database ${stack.postgres.database}`],
    [versions.redis, `${stack.redis.host}:${stack.redis.port}`, ""]
  ])
}

/** What became of the events between two readings of the books. */
export const outcomeTable = (before: BooksView, after: BooksView) => {
  const events = (name: keyof BooksView["events"]) => String(after.events[name] - before.events[name])
  const alerts = (name: keyof BooksView["alerts"]) => String(after.alerts[name] - before.alerts[name])
  return rows([
    ["accepted", events("accepted"), "sample events"],
    ["forwarded", events("forwarded"), "by a rule, as alerts"],
    ["suppressed", events("suppressed"), "by a rule, kept on record"],
    ["unmatched", events("unmatched"), "no rule, kept on record"],
    ["dead", events("dead"), "could not be processed"],
    [
      "delivered",
      alerts("delivered"),
      `alerts, in the stand-in (${alerts("waiting")} under way, ${alerts("dead")} dead)`
    ],
    [
      "balance",
      after.balanced ? "ok" : "OFF",
      after.balanced ? "every event is accounted for" : "see GET /api/v1/books"
    ]
  ])
}
