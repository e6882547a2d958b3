import type { AlertDetail, AlertGroups, AlertState } from "../../../src/api/web-ui/Alerts.ts"

const shown = 200

interface Group {
  readonly key: string | null
  count: number
  readonly states: Partial<Record<AlertState, number>>
}

/** Counts alerts by their signature or host, the largest group first. */
export const groupAlerts = (
  rows: ReadonlyArray<AlertDetail>,
  by: "signature" | "host"
): Omit<AlertGroups, "exact"> => {
  const groups = new Map<string | null, Group>()
  for (const row of rows) {
    const key = by === "host" ? row.hostname : row.signature
    const group = groups.get(key) ?? { key, count: 0, states: {} }
    groups.set(key, group)
    group.count++
    group.states[row.state] = (group.states[row.state] ?? 0) + 1
  }
  const largest = [...groups.values()].sort((a, b) => b.count - a.count)
  return {
    groups: largest.slice(0, shown).map(({ count, key, states }) => ({ key, count, states: { ...states } })),
    total: rows.length,
    omitted: Math.max(0, largest.length - shown)
  }
}
