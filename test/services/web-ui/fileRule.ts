/** A rule as a file has it whole: it pages NetOps for messages that hold its name. */
export const fileRule = (name: string, changes: object = {}) => ({
  name,
  match_type: "contains",
  match_string: name,
  trap_oid: null,
  syslog_severity: null,
  priority: 50,
  prod_handling: "Page_and_ticket",
  dev_handling: "Ignore",
  team_assignment: "NetOps",
  is_active: true,
  ...changes
})

/** The same rule as somebody writes it, who leaves out what is usual. */
export const writtenRule = (name: string, changes: object = {}) => ({
  name,
  match_string: name,
  prod_handling: "Page_and_ticket",
  dev_handling: "Ignore",
  team_assignment: "NetOps",
  ...changes
})
