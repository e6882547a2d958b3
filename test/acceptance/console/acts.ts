import type { Role } from "../../../src/domain/Role.ts"

const exports = { CSV: "viewer", NDJSON: "viewer" } as const

/** What each page lets only some do, and who may. An address that is missing a button, or has one more, is wrong. */
export const acts: Readonly<Record<string, Readonly<Record<string, Role>>>> = {
  "overview": {},
  "events": exports,
  "events?tail=1": {},
  "alerts": { ...exports, "Try the parked one now": "operator" },
  "dead-letters?queue=quarantine": {
    ...exports,
    "Read all 1 again": "operator",
    "Discard all": "operator",
    "Read again all 1 of not_json": "operator",
    "Discard all 1 of not_json": "operator"
  },
  "rules": {
    ...exports,
    "Move up": "operator",
    "Move down": "operator",
    "Import…": "operator",
    "New rule": "operator"
  },
  "rules?open=2": {
    ...exports,
    "Move up": "operator",
    "Move down": "operator",
    "Import…": "operator",
    "New rule": "operator",
    "Save…": "operator",
    "Delete": "operator"
  },
  "rules?open=2&tab=backtest": {
    ...exports,
    "Move up": "operator",
    "Move down": "operator",
    "Import…": "operator",
    "New rule": "operator",
    "Save…": "operator",
    "Delete": "operator",
    "Run backtest": "operator"
  },
  "rules?view=import": {
    ...exports,
    "Move up": "operator",
    "Move down": "operator",
    "Import…": "operator",
    "New rule": "operator",
    "See what would change": "operator",
    "Import": "operator"
  },
  "rules?view=versions&version=1": { "Go back to version 1…": "operator" },
  "keys": { ...exports, "End all logins now": "admin" },
  "silences": { ...exports, "New silence n": "operator" },
  "silences?open=1": {
    ...exports,
    "New silence n": "operator",
    "One hour more": "operator",
    "End now": "operator",
    "Change…": "operator"
  },
  "silences?open=1&edit=1": { ...exports, "New silence n": "operator", "Save": "operator" },
  "silences?new=sw1": { ...exports, "New silence n": "operator", "Silence": "operator" },
  "hosts": { ...exports, "Import…": "operator", "Add a host or pattern": "operator" },
  "hosts?open=new": { ...exports, "Import…": "operator", "Add a host or pattern": "operator", "Add": "operator" },
  "hosts?import=1": {
    ...exports,
    "Import…": "operator",
    "Add a host or pattern": "operator",
    "See what would change": "operator",
    "Import": "operator"
  },
  "settings": { ...exports, "Nothing changed Ctrl S": "admin" },
  "settings?view=history": { "Nothing changed Ctrl S": "admin", "Take back…": "admin" },
  "rotation?secret=DB_PASS": { "Rotate…": "admin" },
  "audit": exports,
  "fleet": exports
}
