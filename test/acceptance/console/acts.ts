import type { Role } from "../../../src/domain/Role.ts"

const exports = { CSV: "viewer", NDJSON: "viewer" } as const

/** What each page lets only some do, and who may. An address that is missing a button, or has one more, is wrong. */
export const acts: Readonly<Record<string, Readonly<Record<string, Role>>>> = {
  "overview": {},
  "events": exports,
  "events?tail=1": {},
  "alerts": { ...exports, "Try the parked one now": "operator" },
  "dead-letters?queue=quarantine": {
    "Read all 1 again": "operator",
    "Discard all": "operator",
    "Read again all 1 of not_json": "operator",
    "Discard all 1 of not_json": "operator"
  },
  "rules": { "Move up": "operator", "Move down": "operator", "Import…": "operator", "New rule": "operator" },
  "rules?open=2": {
    "Move up": "operator",
    "Move down": "operator",
    "Import…": "operator",
    "New rule": "operator",
    "Save…": "operator",
    "Delete": "operator"
  },
  "rules?open=2&tab=backtest": {
    "Move up": "operator",
    "Move down": "operator",
    "Import…": "operator",
    "New rule": "operator",
    "Save…": "operator",
    "Delete": "operator",
    "Run backtest": "operator"
  },
  "rules?view=import": {
    "Move up": "operator",
    "Move down": "operator",
    "Import…": "operator",
    "New rule": "operator",
    "See what would change": "operator",
    "Import": "operator"
  },
  "rules?view=versions&version=1": { "Go back to version 1…": "operator" },
  "keys": { "End all logins now": "admin" },
  "silences": { "New silence n": "operator" },
  "silences?open=1": {
    "New silence n": "operator",
    "One hour more": "operator",
    "End now": "operator",
    "Change…": "operator"
  },
  "silences?open=1&edit=1": { "New silence n": "operator", "Save": "operator" },
  "silences?new=sw1": { "New silence n": "operator", "Silence": "operator" },
  "hosts": { "Import…": "operator", "Add a host or pattern": "operator" },
  "hosts?open=new": { "Import…": "operator", "Add a host or pattern": "operator", "Add": "operator" },
  "hosts?import=1": {
    "Import…": "operator",
    "Add a host or pattern": "operator",
    "See what would change": "operator",
    "Import": "operator"
  },
  "settings": { "Nothing changed Ctrl S": "admin" },
  "settings?view=history": { "Nothing changed Ctrl S": "admin", "Take back…": "admin" },
  "rotation?secret=DB_PASS": { "Rotate…": "admin" },
  "audit": {},
  "fleet": {}
}
