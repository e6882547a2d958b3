/** What is changed, as people call it, with where it is shown. */
const things: Readonly<Record<string, string>> = {
  dynamic_config: "setting",
  alert_rules: "rule",
  development_hosts: "host",
  device_teams: "team",
  host_zones: "time zone of host",
  silences: "silence",
  secret_rotation: "rotation of",
  dead_letters: "dead letters",
  alerts: "alerts",
  saved_views: "view"
}

/** The tables that the filter offers. */
export const tables: ReadonlyArray<string> = Object.keys(things)

export const thingOf = (table: string): string => things[table] ?? table

const verbs: Readonly<Record<string, string>> = { CREATE: "made", UPDATE: "changed", DELETE: "removed" }

/** `changed setting log_level`. */
export const changeWords = (
  { operation, record_id, table_name }: {
    readonly operation: string
    readonly table_name: string
    readonly record_id: string | number
  }
): string => `${verbs[operation] ?? operation.toLowerCase()} ${thingOf(table_name)} ${record_id}`

/** Where the thing is now; `undefined` where no page shows it alone. */
export const placeOf = (table: string, key: string) => {
  if (table === "dynamic_config") return { to: "/settings", search: { open: key } } as const
  if (table === "alert_rules") return { to: "/rules", search: { open: key } } as const
  if (table === "secret_rotation") return { to: "/rotation", search: { secret: key } } as const
  return undefined
}
